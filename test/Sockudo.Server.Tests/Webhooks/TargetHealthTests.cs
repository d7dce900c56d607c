using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

public sealed class TargetHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private int _paused;

    [Fact]
    public void A_target_that_fails_for_long_is_probed_ever_less_often_until_it_answers()
    {
        var health = new TargetHealth(TimeSpan.FromSeconds(10), _time, change => _paused += change);
        // Twenty under way at the same time count as one outage.
        for (var i = 0; i < 20; i++)
            Assert.Null(health.TryBegin());
        for (var i = 0; i < 20; i++)
            health.Ended(isSuccess: false);
        Assert.Equal(1, _paused);
        foreach (var pause in new[] { 2, 4, 8, 10, 10 })
        {
            Assert.Equal(TimeSpan.FromSeconds(pause), health.TryBegin());
            _time.Advance(TimeSpan.FromSeconds(pause));
            Assert.Null(health.TryBegin());
            Assert.NotNull(health.TryBegin());
            health.Ended(isSuccess: false);
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(health.TryBegin());
        health.Ended(isSuccess: true);
        Assert.Equal(0, _paused);
        Assert.Null(health.TryBegin());
        health.Ended(isSuccess: false);
        Assert.Null(health.TryBegin());
    }
}
