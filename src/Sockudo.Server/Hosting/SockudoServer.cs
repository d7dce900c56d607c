using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Connections;
using Sockudo.Server.Health;
using Sockudo.Server.Http;
using Sockudo.Server.Inspection;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Sessions;
using Sockudo.Server.Sockets;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Hosting;

/// <summary>
/// The whole server without its listeners: made of its parts here, by constructors, and driven by a host through four
/// calls: connections, requests, start, stop.
/// </summary>
internal sealed class SockudoServer : IAsyncDisposable
{
    private readonly ConnectionFront _front;
    private readonly PendingHandshakes _handshakes;
    private readonly HttpUpgrade _upgrade;
    private readonly HttpApi _api;
    private readonly ConnectionRegistry _connections = new();
    private readonly Heartbeat _heartbeat;
    private readonly GracefulStop _gracefulStop;
    private readonly WebhookSmoothing _smoothing;
    private readonly CancellationTokenSource _stopped = new();
    private Task _beating = Task.CompletedTask;

    /// <param name="options">Validated options.</param>
    /// <param name="apps">Where apps are looked up.</param>
    /// <param name="cache">Where cache channels keep their last event.</param>
    /// <param name="rateLimiter">Counts what is limited per address and app.</param>
    /// <param name="webhooks">Takes what apps want to hear of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes the loggers <c>sockudo.*</c>.</param>
    /// <param name="bus">Carries messages to other nodes; null for a node by itself.</param>
    /// <param name="nodeName">Name of this node.</param>
    /// <param name="backends">States of what the parts above keep elsewhere.</param>
    public SockudoServer(
        SockudoOptions options, IAppStore apps, IEventCache cache, IRateLimiter rateLimiter, IWebhookSink webhooks, TimeProvider time,
        ILoggerFactory loggers, IClusterBus? bus = null, string nodeName = "", IReadOnlyList<BackendState>? backends = null)
    {
        var connectionLog = loggers.CreateLogger("sockudo.connection");
        var channelLog = loggers.CreateLogger("sockudo.channel");
        var authLog = loggers.CreateLogger("sockudo.auth");

        PathPrefix = options.PathPrefix == "/" ? "" : options.PathPrefix;
        var clock = new CoarseClock(time);
        var loops = new WriteLoops(Environment.ProcessorCount);
        _handshakes = new PendingHandshakes(clock);
        _smoothing = new WebhookSmoothing(
            webhooks, TimeSpan.FromMilliseconds(options.Webhooks.SmoothingMs), TimeSpan.FromMilliseconds(2 * options.Adapter.ClusterHealth.NodeTimeoutMs), time);
        var counts = new SubscriptionCounts(clock, loops, _smoothing);
        var gates = new ChannelGates();

        var changes = bus is null ? null : new OwnChanges();
        Hub = new Hub(loops, counts, _smoothing, changes);
        Metrics = new ServerMetrics(() => _connections.PendingBytes);
        Apps = new AppRegistry(apps, options, Metrics);
        if (bus is not null)
            Cluster = new ClusterNode(nodeName, bus, options, Hub, changes!, _smoothing, Apps, cache, gates, Metrics, time, loggers.CreateLogger("sockudo.cluster"));
        Health = new NodeHealth(options, time, Cluster, backends);

        var misses = new CacheMisses(_smoothing, options, clock);
        if (Cluster is not null)
        {
            misses.Forward = Cluster.TryTellMiss;
            Cluster.CacheMissed = misses.Report;
        }

        var counted = new CountedEventCache(cache, Metrics.Cache);
        var topics = Cluster?.ChannelTopics;
        Tail = new EventTail(options.Dashboard, time);
        Inspector = new Inspector(Hub, _connections, clock, time);
        var publisher = new Publisher(Hub, Cluster, counted, gates, Tail, Metrics.BroadcastLatency, options, time);
        var subscribe = new SubscribeHandler(Hub, topics, Cluster?.Replays, counted, gates, misses, Health, options, channelLog);
        var clientEvents = new ClientEventHandler(Hub, Cluster, Tail, clock, Metrics.BroadcastLatency, time);
        var signIn = new SignInHandler(Hub, topics, authLog);
        var dispatcher = new Dispatcher(Hub, Cluster, subscribe, signIn, clientEvents, options, connectionLog);
        var host = new ConnectionHost(new ConnectionSettings(options, clock, loops), _connections, dispatcher, connectionLog);
        var admission = new Admission(Apps, AddressLimiter.ForConnects(rateLimiter, options, Metrics.NoApp), Health, _connections, Metrics, options);

        _front = new ConnectionFront(admission, host, _handshakes, PathPrefix);
        _upgrade = new HttpUpgrade(admission, host, PathPrefix);
        _api = new HttpApi(
            options, PathPrefix, Apps, Hub, publisher, counted, rateLimiter, Health, Metrics, time, loggers.CreateLogger("sockudo.http"));
        _heartbeat = new Heartbeat(time, clock, _connections, _handshakes, Hub, counts, new RefusalSummary(Metrics, loggers.CreateLogger("sockudo.limits")), connectionLog);
        _gracefulStop = new GracefulStop(_connections, _handshakes, Health, options, time, loggers.CreateLogger("sockudo.process"));
    }

    /// <summary>Prefix of all routes, without trailing slash; empty for none.</summary>
    public string PathPrefix { get; }

    public AppRegistry Apps { get; }

    public Hub Hub { get; }

    /// <summary>This node among others; null if it is by itself.</summary>
    public ClusterNode? Cluster { get; }

    public NodeHealth Health { get; }

    public ServerMetrics Metrics { get; }

    /// <summary>Looks at channels and connections for people.</summary>
    public Inspector Inspector { get; }

    /// <summary>Shows people what is published.</summary>
    public EventTail Tail { get; }

    /// <summary>Connections of all apps to this node.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>
    /// Starts what runs by itself, and takes the node's place in the cluster. Call once, before the first connection.
    /// </summary>
    /// <exception cref="BackendException">The broker of the cluster cannot be used; the start may be tried again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Cluster is not null)
            await Cluster.StartAsync(cancellationToken).ConfigureAwait(false);
        _beating = _heartbeat.RunAsync(_stopped.Token);
    }

    /// <summary>A transport for Kestrel's plain TCP endpoints that keeps the WebSockets for itself: the fastest way in. Linux only.</summary>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    /// <param name="loggers">For what the transport has to say.</param>
    public PolledTransport CreateTransport(int backlog, ILoggerFactory loggers) => new(_front, _handshakes, backlog, loggers);

    /// <summary>Kestrel connection middleware, to be placed behind TLS: the fast way in for WebSockets.</summary>
    public Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next) => _front.OnConnectionAsync(connection, next);

    /// <summary>Answers any HTTP request of the main listener; a WebSocket that comes as one lives as long as this call.</summary>
    public Task HandleRequestAsync(HttpContext context)
    {
        var rawTarget = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return _upgrade.IsUpgrade(context, rawTarget, out var target)
            ? _upgrade.RunAsync(context, rawTarget, target)
            : _api.HandleAsync(context, rawTarget);
    }

    /// <summary>Publishes one event exactly as <c>POST /apps/{id}/events</c> does, for a caller who is known otherwise than by a signature.</summary>
    /// <param name="app">The app.</param>
    /// <param name="body">The body of such a request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What such a request is answered.</returns>
    /// <exception cref="ClusterUnavailableException">This node is cut off from the others.</exception>
    public ValueTask<ApiResponse> PublishAsync(AppScope app, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        _api.PublishAsync(app, body, cancellationToken);

    /// <summary>
    /// Sends all WebSockets away and waits for them, at most for the grace period; HTTP goes on working. Call before the
    /// listeners are closed.
    /// </summary>
    public async Task DrainAsync(CancellationToken hurry)
    {
        Cluster?.Drain();
        await _gracefulStop.RunAsync(hurry).ConfigureAwait(false);
        // "Of the only node", or of all: others would go on waiting for those who come back.
        if (Cluster is not { HasHeir: true })
        {
            Cluster?.EndAllHolds();
            _smoothing.End();
        }

        if (Cluster is not null)
            await Cluster.LeaveAsync().ConfigureAwait(false);
    }

    /// <summary>Applies what has changed in the app store to open connections, and closes those of apps that are gone or disabled.</summary>
    /// <param name="includesIdle">Whether apps without connections are looked up too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AppStoreUnavailableException">The store cannot be asked.</exception>
    public async Task RefreshAppsAsync(bool includesIdle, CancellationToken cancellationToken)
    {
        if (!await Apps.RefreshAsync(includesIdle, cancellationToken).ConfigureAwait(false))
            return;
        foreach (var connection in _connections.ToList())
            connection.Session?.CloseIfRefused();
    }

    /// <summary>Stops what <see cref="StartAsync"/> started.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        if (Cluster is not null)
            await Cluster.DisposeAsync().ConfigureAwait(false);
        _smoothing.Dispose();
        _stopped.Dispose();
    }
}
