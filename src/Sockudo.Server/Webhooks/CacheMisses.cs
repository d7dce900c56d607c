using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>K-8: tells the webhooks of empty cache channels, at most once per channel and window, over the whole cluster.</summary>
internal sealed class CacheMisses(IWebhookSink webhooks, SockudoOptions options, CoarseClock clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelKey, long> _reported = [];
    private long _nextCleanup;

    /// <summary>Passes a miss on to the node that reports on the channel; false if that is this one, or nobody knows. Set before the start.</summary>
    public Func<ChannelKey, bool>? Forward { get; set; }

    /// <summary>Somebody has subscribed to a cache channel that has nothing to replay.</summary>
    public void Missed(AppScope app, string channel)
    {
        // storage.md 3: without a cache every subscription is a miss, which is no news.
        if (options.Cache.Driver == CacheDriver.None || !app.Wants(WebhookEventType.CacheMiss))
            return;
        var key = new ChannelKey(app, channel);
        if (IsNew(key) && Forward?.Invoke(key) != true)
            webhooks.Raise(app, new WebhookEvent(WebhookEventType.CacheMiss, channel));
    }

    /// <summary>Another node has seen a miss that this one has to report.</summary>
    public void Report(ChannelKey key)
    {
        if (key.App.Wants(WebhookEventType.CacheMiss) && IsNew(key))
            webhooks.Raise(key.App, new WebhookEvent(WebhookEventType.CacheMiss, key.Name));
    }

    private bool IsNew(ChannelKey key)
    {
        var now = clock.Exact;
        lock (_gate)
        {
            if (_reported.TryGetValue(key, out var last) && now - last < options.Webhooks.CacheMissWindowMs)
                return false;
            _reported[key] = now;
            RemoveOld(now);
            return true;
        }
    }

    private void RemoveOld(long now)
    {
        if (now < _nextCleanup)
            return;
        _nextCleanup = now + options.Webhooks.CacheMissWindowMs;
        foreach (var (key, last) in _reported)
        {
            if (now - last >= options.Webhooks.CacheMissWindowMs)
                _reported.Remove(key);
        }
    }
}
