using System.Runtime.CompilerServices;

namespace Sockudo.Server.Metrics;

/// <summary>Counts how something ends, per core. Safe from any thread.</summary>
/// <typeparam name="TResult">An enumeration of the ways, numbered from 0 in the usual way.</typeparam>
internal sealed class ResultCounters<TResult>
    where TResult : struct, Enum
{
    private readonly StripedCounters _counts = new(Enum.GetValues<TResult>().Length);

    public void Count(TResult result) => _counts.Add(Unsafe.BitCast<TResult, int>(result), 1);

    public long Of(TResult result) => _counts.Sum(Unsafe.BitCast<TResult, int>(result));
}
