using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Hosting;
using Sockudo.Server.Limits;
using Sockudo.Server.Options;
using Sockudo.Server.Tests.Channels;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Http;

/// <summary>What a signed publish allocates from its head to its answer, the web server apart.</summary>
public sealed class PublishAllocationTests : IAsyncDisposable
{
    // An unoptimised build has objects where an optimised one has structs.
    private const int MostBytes = 4096;

    private readonly SockudoOptions _options = new();
    private readonly MemoryEventCache _cache;
    private readonly SockudoServer _server;
    private readonly List<Connection> _connections = [];
    private readonly PublishExchange _exchange =
        new("a", "k", "s", $$"""{"name":"event","data":"{{new string('x', 100)}}","channels":["channel"]}""");

    public PublishAllocationTests()
    {
        _cache = new MemoryEventCache(_options.Cache.Memory, TimeProvider.System);
        _server = new SockudoServer(
            _options, new MemoryAppStore([new App { Id = "a", Key = "k", Secret = "s" }]), _cache, new MemoryRateLimiter(TimeProvider.System),
            new NoWebhooks(), TimeProvider.System, NullLoggerFactory.Instance);
    }

    [Fact]
    public async Task A_publish_allocates_a_fixed_amount_however_many_subscribe()
    {
        var toNobody = Warm();
        Assert.InRange(toNobody, 1, MostBytes);

        await SubscribeAsync(1);
        Warm(); // the first of all deliveries to so many makes their histogram
        await SubscribeAsync(999);
        // A single reference per subscriber would be 8,000 bytes.
        Assert.InRange(Warm(), 1, toNobody + 256);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _cache.Dispose();
    }

    private async Task SubscribeAsync(int count)
    {
        var scope = await _server.Apps.FindByIdAsync("a", CancellationToken.None);
        var settings = new ConnectionSettings(_options, new CoarseClock(TimeProvider.System), new WriteLoops(2));
        for (var i = 0; i < count; i++)
        {
            var connection = new Connection(settings, new Pipe().Reader, new SwallowingOutput(), handshake: null);
            _connections.Add(connection);
            Assert.NotNull(_server.Hub.TryJoin(new ChannelKey(scope!, "channel"), connection, user: null, afterwards: null));
        }
    }

    // Publishes until queues have their places and code is compiled; the bytes of the last time.
    private long Warm()
    {
        for (var i = 0; i < 50; i++)
            Publish();
        return Publish();
    }

    private long Publish()
    {
        SpinWait.SpinUntil(() => _connections.TrueForAll(static connection => connection.PendingBytes == 0));
        _exchange.Restart();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var answered = _server.HandleRequestAsync(_exchange.Context);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(answered.IsCompletedSuccessfully, "Nothing in a publish waits");
        Assert.Equal(200, _exchange.StatusCode);
        Assert.Equal("""{"ok":true}""".Length, _exchange.AnswerLength);
        return allocated;
    }
}
