using Sockudo.Protocol;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Cluster;
using Sockudo.Server.Metrics;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Apps;

/// <summary>
/// One app at run time: its settings as of now, what they limit, its counters and its connection quota. There is one
/// scope per app id, so scopes are compared by reference. Settings may be replaced at any time: read them once per
/// operation.
/// </summary>
internal sealed class AppScope
{
    private Settings _settings;
    private int _connections;
    private int _peerConnections;
    private Dictionary<NodeId, int>? _peers;
    private volatile bool _isDeleted;

    public AppScope(App app, AppLimits limits, AppCounters counters)
    {
        _settings = new Settings(app, limits);
        Counters = counters;
    }

    public App App => _settings.App;

    public AppLimits Limits => _settings.Limits;

    /// <summary>Verifies what is signed with the app's secret.</summary>
    public SigningKey SigningKey => _settings.SigningKey;

    public AppCounters Counters { get; }

    /// <summary>Connections of this node that count against the quota.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections of other nodes that count against it too (CL-1).</summary>
    public int PeerConnections => Volatile.Read(ref _peerConnections);

    /// <summary>Open connections of this node, those that must authorise first (U-18) included.</summary>
    public bool HasConnections => Counters.ConnectionsOpened != Counters.ConnectionsClosed;

    /// <summary>Takes over changed settings; connections follow with their next operation.</summary>
    public void Update(App app, AppLimits limits)
    {
        Volatile.Write(ref _settings, new Settings(app, limits));
        _isDeleted = Counters.IsRetired = false;
    }

    /// <summary>The store has no such app any more. False if that was known.</summary>
    public bool Delete()
    {
        if (_isDeleted)
            return false;
        return _isDeleted = Counters.IsRetired = true;
    }

    /// <summary>What a connection is told that cannot stay although it was admitted with this key (storage.md 1.4); null if it can.</summary>
    public PusherError? RefusalOf(string key)
    {
        var app = App;
        if (_isDeleted || app.Key != key)
            return PusherError.UnknownKey(key);
        return app.Enabled ? null : PusherError.AppDisabled;
    }

    /// <summary>Whether a webhook of the app wants such events at all, whatever the channel.</summary>
    public bool Wants(WebhookEventType type) => (_settings.WebhookTypes & (1 << (int)type)) != 0;

    /// <summary>Whether events of this type matter to a webhook of the app: it wants them, or those that they cancel or are cancelled by (WH-6).</summary>
    public bool Follows(WebhookEventType type) => Wants(type) || (Counterpart(type) is { } other && Wants(other));

    /// <summary>The webhooks of the app by their ids.</summary>
    public IReadOnlyList<(string Id, AppWebhook Webhook)> Webhooks => _settings.Webhooks;

    /// <summary>So many connections another node says that it has; they count against the quota too (CL-1).</summary>
    public void SetConnections(NodeId peer, int count)
    {
        lock (this)
        {
            _peers ??= [];
            if (count > 0)
                _peers[peer] = count;
            else
                _peers.Remove(peer);
            // Others' word, which may be nonsense: no sum of it is an exception.
            Volatile.Write(ref _peerConnections, (int)Math.Min(_peers.Values.Sum(static count => (long)count), int.MaxValue));
        }
    }

    /// <summary>Connections that another node says that it has.</summary>
    public int ConnectionsOf(NodeId peer)
    {
        lock (this)
            return _peers?.GetValueOrDefault(peer) ?? 0;
    }

    /// <summary>Takes one place of the quota; false if all are taken. Exact under concurrent connects to this node.</summary>
    public bool TryAddConnection()
    {
        var limit = Limits.MaxConnections - PeerConnections;
        var current = Volatile.Read(ref _connections);
        while (current < limit)
        {
            var seen = Interlocked.CompareExchange(ref _connections, current + 1, current);
            if (seen == current)
                return true;
            current = seen;
        }

        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void RemoveConnection() => Interlocked.Decrement(ref _connections);

    private static WebhookEventType? Counterpart(WebhookEventType type) => type switch
    {
        WebhookEventType.ChannelOccupied => WebhookEventType.ChannelVacated,
        WebhookEventType.ChannelVacated => WebhookEventType.ChannelOccupied,
        WebhookEventType.MemberAdded => WebhookEventType.MemberRemoved,
        WebhookEventType.MemberRemoved => WebhookEventType.MemberAdded,
        _ => null,
    };

    private sealed class Settings(App app, AppLimits limits)
    {
        public App App { get; } = app;

        public AppLimits Limits { get; } = limits;

        public SigningKey SigningKey { get; } = new(app.Secret, app.PreviousSecret);

        public IReadOnlyList<(string Id, AppWebhook Webhook)> Webhooks { get; } = app.Webhooks.Count == 0 ? [] : WebhookIds.Of(app);

        public int WebhookTypes { get; } =
            app.Webhooks.SelectMany(static entry => entry.EventTypes).Aggregate(0, static (types, type) => types | (1 << (int)type));
    }
}
