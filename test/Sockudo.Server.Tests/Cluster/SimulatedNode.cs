using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Connections;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification.Backends;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>A node without I/O: its hub, its replication, its clients, and a clock of its own that goes a little wrong.</summary>
internal sealed class SimulatedNode
{
    public static readonly ClusterTimes Times = new(Heartbeat: 1000, NodeTimeout: 5000, Isolation: 3000, DrainHold: 3000, Request: 1000);

    private static readonly App TheApp = new()
    {
        Id = "app",
        Key = "key",
        Secret = "secret",
        Webhooks =
        [
            new AppWebhook
            {
                Url = new Uri("http://127.0.0.1/"),
                EventTypes =
                [
                    WebhookEventType.ChannelOccupied, WebhookEventType.ChannelVacated, WebhookEventType.MemberAdded, WebhookEventType.MemberRemoved,
                ],
            },
        ],
    };

    private readonly FakeTimeProvider _time = new();
    private readonly Action _handOver;
    private readonly double _drift;
    private readonly List<(string Topic, byte[] Message)> _inbox = [];
    private ulong _stamp;
    private double _stood;

    public SimulatedNode(InMemoryBroker broker, string name, ulong epoch, double drift = 1, TimeSpan delay = default)
    {
        _drift = drift;
        var options = new SockudoOptions();
        var clock = new CoarseClock(_time);
        var loops = new WriteLoops(1);
        var smoothing = new WebhookSmoothing(new RecordingSink(this), delay, TimeSpan.FromSeconds(10), _time);
        var changes = new OwnChanges();
        Hub = new Hub(loops, new SubscriptionCounts(clock, loops, smoothing), smoothing, changes);
        var metrics = new ServerMetrics(static () => 0);
        var apps = new AppRegistry(new MemoryAppStore([TheApp]), options, metrics);
        App = apps.Expect(TheApp.Id);
        Metrics = metrics.Cluster;
        ConnectionSettings = new ConnectionSettings(options, clock, loops);
        Id = new NodeId(epoch, name);
        Bus = broker.CreateBus();
        Replication = new Replication(
            Id, Times, new Replica(Hub, apps, smoothing), changes, _time, Send, static work => work(), Metrics, NullLogger.Instance);
        Bus.Connect(Hear, Topics.Directory, Topics.Node(Id));
        changes.OnUrgent(() => IsTelling = true);
        _handOver = () =>
        {
            if (!Replication.HasHeir)
                smoothing.End();
            Replication.HandOver();
        };
        Replication.Start();
    }

    public NodeId Id { get; }

    public Hub Hub { get; }

    public AppScope App { get; }

    public ClusterMetrics Metrics { get; }

    public ConnectionSettings ConnectionSettings { get; }

    public InMemoryBus Bus { get; }

    public Replication Replication { get; }

    public List<SimulatedClient> Clients { get; } = [];

    /// <summary>It is the one that reports on a channel.</summary>
    public bool Owns(string channel) => Replication.OwnerOf("app", channel) == Id.Epoch;

    /// <summary>What webhooks were told by this node.</summary>
    public List<string> Reported { get; } = [];

    /// <summary>Is told of it at once.</summary>
    public Action<string>? Reporting { get; set; }

    /// <summary>The process is stopped: it neither hears nor says anything, but nothing is lost to it.</summary>
    public bool IsPaused { get; set; }

    public bool IsTelling { get; private set; }

    public SimulatedClient Join(string channel, string? userId = null)
    {
        var client = new SimulatedClient(this, channel, userId);
        Clients.Add(client);
        return client;
    }

    public void Leave(SimulatedClient client)
    {
        Clients.Remove(client);
        Hub.Leave(client.Subscription);
    }

    /// <summary>SIGTERM, when all clients have been sent away.</summary>
    public void Stop()
    {
        Replication.Drain();
        _handOver();
        Replication.Leave();
    }

    public IReadOnlyCollection<string> Users(string channel) => [.. Hub.Users(App, channel).Order(StringComparer.Ordinal)];

    public int Subscriptions(string channel) => Hub.Describe(App, channel).SubscriptionCount;

    public void Advance(int milliseconds)
    {
        // Its timers stand still too, and are late all at once.
        _stood += milliseconds * _drift;
        if (IsPaused)
            return;
        _time.Advance(TimeSpan.FromMilliseconds(_stood));
        _stood = 0;
        // A process that goes on may find that its time is up before it finds what was said meanwhile.
        if (_inbox.Count > 0)
            Replication.Tick();
        foreach (var (topic, message) in _inbox)
            Take(topic, message);
        _inbox.Clear();
        if (IsTelling)
        {
            IsTelling = false;
            Replication.Tell(withCounts: false);
        }

        Replication.Tick();
    }

    private void Hear(string topic, ReadOnlySpan<byte> message)
    {
        if (IsPaused)
            _inbox.Add((topic, message.ToArray()));
        else
            Take(topic, message);
    }

    private void Take(string topic, ReadOnlySpan<byte> message)
    {
        if (MessageHeader.TryRead(message, out var header, out _))
            Replication.Receive(header, message);
    }

    private void Send(string topic, byte[] message)
    {
        MessageHeader.SetStamp(message, ++_stamp);
        try
        {
            Bus.Publish(topic, message);
        }
        catch (BackendException)
        {
            // Lost, as it is when an outbox gives up.
        }
    }

    private sealed class RecordingSink(SimulatedNode node) : IWebhookSink
    {
        public void Raise(AppScope app, WebhookEvent webhookEvent)
        {
            var report = $"{webhookEvent.Type} {webhookEvent.Channel} {webhookEvent.UserId}".TrimEnd();
            node.Reported.Add(report);
            node.Reporting?.Invoke(report);
        }
    }
}
