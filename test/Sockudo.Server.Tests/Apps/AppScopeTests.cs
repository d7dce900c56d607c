using Sockudo.Server.Apps;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Apps;

public class AppScopeTests
{
    private static readonly App App = new() { Id = "a", Key = "k", Secret = "s" };

    [Fact]
    public void Limits_are_the_app_s_own_else_the_global_ones_and_0_is_none()
    {
        var options = new SockudoOptions { EventLimits = new() { MaxPayloadInKb = 0, MaxNameLength = 50 } };
        var limits = AppLimits.For(App with { MaxEventBatchSize = 3, MaxChannelNameLength = 0 }, options);
        Assert.Equal(int.MaxValue, limits.MaxConnections);
        Assert.Equal(3, limits.MaxEventBatchSize);
        Assert.Equal(50, limits.MaxEventNameLength);
        Assert.Equal(int.MaxValue, limits.MaxChannelNameLength);
        Assert.Equal(int.MaxValue, limits.MaxEventDataBytes);
        Assert.Equal(2048, limits.MaxPresenceMemberBytes);
        Assert.Equal(102_400, AppLimits.For(App, new SockudoOptions()).MaxEventDataBytes);
    }

    [Fact]
    public async Task The_quota_is_exact_when_many_connect_and_leave_at_once()
    {
        var scope = new AppScope(App, AppLimits.For(App with { MaxConnections = 10 }, new SockudoOptions()), new AppCounters("a"));
        var (held, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                if (!scope.TryAddConnection())
                    continue;
                var now = Interlocked.Increment(ref held);
                if (now > Volatile.Read(ref most))
                    Interlocked.Exchange(ref most, now);
                Interlocked.Decrement(ref held);
                scope.RemoveConnection();
            }
        })));
        Assert.InRange(most, 1, 10);
        Assert.Equal(0, scope.Connections);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => scope.TryAddConnection()));
    }
}
