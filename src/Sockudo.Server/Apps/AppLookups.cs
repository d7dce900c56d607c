namespace Sockudo.Server.Apps;

/// <summary>Counts how look-ups of apps end. Safe from any thread.</summary>
internal sealed class AppLookups
{
    private readonly long[] _counts = new long[Enum.GetValues<AppLookupResult>().Length];

    public void Count(AppLookupResult result) => Interlocked.Increment(ref _counts[(int)result]);

    public long Of(AppLookupResult result) => Volatile.Read(ref _counts[(int)result]);
}
