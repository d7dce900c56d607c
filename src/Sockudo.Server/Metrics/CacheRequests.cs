namespace Sockudo.Server.Metrics;

/// <summary>Counts look-ups of cached events. Safe from any thread.</summary>
internal sealed class CacheRequests
{
    private readonly long[] _counts = new long[Enum.GetValues<CacheRequestResult>().Length];

    public void Count(CacheRequestResult result) => Interlocked.Increment(ref _counts[(int)result]);

    public long Of(CacheRequestResult result) => Volatile.Read(ref _counts[(int)result]);
}
