using System.Security.Cryptography;

namespace Sockudo.Protocol.Signatures;

/// <summary>
/// Hashes with instances that are kept: setting one up costs more than hashing a request, above all under a key. One for each core,
/// so that cores do not wait for each other. Safe from any thread.
/// </summary>
/// <param name="create">Makes an instance.</param>
internal sealed class ReusableHash(Func<IncrementalHash> create)
{
    private readonly IncrementalHash?[] _idle = new IncrementalHash?[Environment.ProcessorCount];

    /// <summary>Hashes a message.</summary>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        ref var idle = ref _idle[Thread.GetCurrentProcessorId() % _idle.Length];
        // Whoever takes an instance has it alone; that another thread came by on this core meanwhile costs one more instance.
        var instance = Interlocked.Exchange(ref idle, null) ?? create();
        instance.AppendData(message);
        instance.GetHashAndReset(hash);
        Interlocked.Exchange(ref idle, instance)?.Dispose();
    }
}
