using System.Runtime.InteropServices;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests.Redis;

/// <summary>A Redis that keeps its connections and answers nothing.</summary>
public sealed class SilentRedisTests
{
    // What the service manager is told: the grace period, and ten seconds to end.
    private static readonly TimeSpan Announced = TimeSpan.FromSeconds(1 + 10);

    [Fact]
    public async Task Operations_4_A_stop_does_not_wait_for_it_once_for_each_backend()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await SockudoProcess.StartAsync(
            "cache.driver=redis", "queue.driver=redis", "rate_limiter.driver=redis", "rate_limiter.enabled=true", "shutdown_grace_period=1", $"database.redis.port={redis.Port}");
        (await new PusherHttp(new ServerUnderTest(server.Address), TestApp.Plain).GetAsync("/channels")).Expect(200);
        redis.Suspend();
        var start = TimeProvider.System.GetTimestamp();
        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Announced);
    }
}
