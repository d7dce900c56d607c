using System.Runtime.CompilerServices;
using Xunit;

namespace Sockudo.Specification;

/// <summary>When each test did something last.</summary>
internal sealed class Quiet
{
    // What one node does is known to all others after a round trip to the broker; this is much more than that.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(300);

    private readonly ConditionalWeakTable<object, Times> _times = [];

    public void Acted(object? actor, bool isPublish)
    {
        var times = Current();
        times.Actor = actor;
        var now = TimeProvider.System.GetTimestamp();
        times.Any = now;
        if (!isPublish)
            times.Change = now;
    }

    public async Task WaitAsync(object? actor, bool isPublish)
    {
        var times = Current();
        if (actor is not null && times.Actor == actor)
            return;
        var rest = Long - TimeProvider.System.GetElapsedTime(isPublish ? times.Change : times.Any);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest);
    }

    private Times Current() => _times.GetOrCreateValue((object?)TestContext.Current.Test ?? this);

    private sealed class Times
    {
        public object? Actor { get; set; }

        public long Any { get; set; }

        public long Change { get; set; }
    }
}
