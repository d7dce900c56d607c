using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Tests.Channels;
using Sockudo.Server.Webhooks;

namespace Sockudo.Benchmarks;

/// <summary>What a channel costs by its number of subscribers, with transports that take everything.</summary>
[MemoryDiagnoser]
public class HubBenchmarks
{
    private readonly Frame _frame = Frame.Create(Opcode.Text, new byte[150]);
    private readonly List<Connection> _connections = [];
    private Connection _visitor = null!;
    private Hub _hub = null!;
    private ChannelKey _key;

    [Params(1, 100, 1_000, 10_000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var options = new SockudoOptions();
        var clock = new CoarseClock(TimeProvider.System);
        var loops = new WriteLoops(Environment.ProcessorCount);
        var webhooks = new NoWebhooks();
        var app = new App { Id = "a", Key = "k", Secret = "s" };
        var settings = new ConnectionSettings(options, clock, loops);
        _hub = new Hub(loops, new SubscriptionCounts(clock, loops, webhooks), webhooks);
        _key = new ChannelKey(new AppScope(app, AppLimits.For(app, options), new AppCounters(app.Id)), "channel");
        for (var i = 0; i < Subscribers; i++)
        {
            var connection = Connect(settings);
            _connections.Add(connection);
            _hub.TryJoin(_key, connection, user: null, afterwards: null);
        }

        _visitor = Connect(settings);
    }

    /// <summary>One more subscriber comes and goes.</summary>
    [Benchmark]
    public void JoinAndLeave()
    {
        _hub.Leave(_hub.TryJoin(_key, _visitor, user: null, afterwards: null)!);
        WaitFor(_visitor);
    }

    /// <summary>One frame to all, until the last of them has taken it; otherwise queues would only grow.</summary>
    [Benchmark]
    public void Deliver()
    {
        _hub.Deliver(_key, _frame, exceptSocketId: null);
        foreach (var connection in _connections)
            WaitFor(connection);
    }

    private static Connection Connect(ConnectionSettings settings) => new(settings, new Pipe().Reader, new SwallowingOutput(), handshake: null);

    private static void WaitFor(Connection connection)
    {
        var spin = default(SpinWait);
        while (connection.PendingBytes > 0)
            spin.SpinOnce(sleep1Threshold: -1);
    }
}
