using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Options;

namespace Sockudo.Server.Webhooks;

/// <summary>K-8: tells the webhooks of empty cache channels, at most once per channel and window.</summary>
internal sealed class CacheMisses(IWebhookSink webhooks, SockudoOptions options, CoarseClock clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelKey, long> _reported = [];
    private long _nextCleanup;

    /// <summary>Somebody has subscribed to a cache channel that has nothing to replay.</summary>
    public void Missed(AppScope app, string channel)
    {
        // storage.md 3: without a cache every subscription is a miss, which is no news.
        if (options.Cache.Driver == CacheDriver.None || !app.Wants(WebhookEventType.CacheMiss))
            return;
        var key = new ChannelKey(app, channel);
        var now = clock.Exact;
        lock (_gate)
        {
            if (_reported.TryGetValue(key, out var last) && now - last < options.Webhooks.CacheMissWindowMs)
                return;
            _reported[key] = now;
            RemoveOld(now);
        }

        webhooks.Raise(app, new WebhookEvent(WebhookEventType.CacheMiss, channel));
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
