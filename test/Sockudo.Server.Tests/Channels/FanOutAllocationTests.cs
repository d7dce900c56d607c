using System.IO.Pipelines;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Channels;

/// <summary>"One event, n recipients: one frame allocated."</summary>
public class FanOutAllocationTests
{
    private const int Recipients = 1000;

    private readonly WriteLoops _loops = new(2);
    private readonly List<Connection> _connections = [];

    [Fact]
    public void Publishing_allocates_one_frame_and_nothing_per_recipient()
    {
        var options = new SockudoOptions();
        var clock = new CoarseClock(TimeProvider.System);
        var app = new App { Id = "a", Key = "k", Secret = "s" };
        var scope = new AppScope(app, AppLimits.For(app, options), new AppCounters("a"));
        var webhooks = new NoWebhooks();
        var hub = new Hub(_loops, new SubscriptionCounts(clock, _loops, webhooks), webhooks);
        var key = new ChannelKey(scope, "channel");
        var settings = new ConnectionSettings(options, clock, _loops);
        for (var i = 0; i < Recipients; i++)
        {
            var connection = new Connection(settings, new Pipe().Reader, new SwallowingOutput(), handshake: null);
            _connections.Add(connection);
            Assert.NotNull(hub.TryJoin(key, connection, user: null, afterwards: null));
        }

        // Warm: queues have their first places, code is compiled.
        for (var i = 0; i < 50; i++)
            Publish(hub, key);

        var allocated = Publish(hub, key);
        // The frame's bytes and the frame itself, with room for their headers; a single reference per recipient would be 8,000 bytes.
        Assert.InRange(allocated, 1, 512);
    }

    // Bytes allocated by this thread for one publish.
    private long Publish(Hub hub, ChannelKey key)
    {
        SpinWait.SpinUntil(() => _connections.TrueForAll(static connection => connection.PendingBytes == 0));
        var members = new JsonMembers("""{"data":"0123456789012345678901234567890123456789012345678901234567890123456789"}"""u8);
        members.Read();
        var data = members.Value;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frame = EventFrame.Create("\"event\""u8, data, "channel");
        var delivered = hub.Deliver(key, frame, exceptSocketId: null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Recipients, delivered);
        return allocated;
    }
}
