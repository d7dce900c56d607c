using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Limits;
using Sockudo.Specification;

namespace Sockudo.Server.Tests.Limits;

public sealed class MemoryRateLimiterTests : RateLimiterSpec
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryRateLimiter _limiter;

    public MemoryRateLimiterTests() => _limiter = new MemoryRateLimiter(_time);

    protected override Task<IRateLimiter> GetAsync() => Task.FromResult<IRateLimiter>(_limiter);

    protected override Task WaitAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
