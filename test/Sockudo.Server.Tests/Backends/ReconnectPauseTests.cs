using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Backends;

public sealed class ReconnectPauseTests
{
    [Fact]
    public void The_first_pause_is_short()
    {
        for (var i = 0; i < 100; i++)
            Assert.InRange(ReconnectPause.After(1).TotalMilliseconds, 80, 120);
    }

    [Fact]
    public void Within_the_timeout_of_a_node_it_is_tried_every_half_second()
    {
        var waited = TimeSpan.Zero;
        for (var attempts = 1; waited < TimeSpan.FromSeconds(6); attempts++)
        {
            var pause = ReconnectPause.After(attempts);
            Assert.InRange(pause.TotalMilliseconds, 80, 500);
            waited += pause;
        }
    }

    [Fact]
    public void Later_the_pauses_grow_to_five_seconds_and_no_more()
    {
        for (var attempts = 40; attempts < 1_000_000; attempts *= 3)
            Assert.InRange(ReconnectPause.After(attempts).TotalSeconds, 4, 5);
        Assert.InRange(ReconnectPause.After(int.MaxValue).TotalSeconds, 4, 5);
    }
}
