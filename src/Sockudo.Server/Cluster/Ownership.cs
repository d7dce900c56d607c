using System.Runtime.InteropServices;

namespace Sockudo.Server.Cluster;

/// <summary>
/// Which node reports on which channel: the one with the highest score, which all nodes compute alike from the same list (rendezvous hashing). When a node comes or
/// goes, only channels that it owns or will own change hands. What happened before a node came is not for that node: it knows nothing of it. Immutable.
/// </summary>
/// <param name="candidates">The nodes that may own channels, and since when they know what happens, as a timestamp of the clock.</param>
internal sealed class Ownership((ulong Epoch, long Since)[] candidates)
{
    /// <summary>The node that reports on a channel.</summary>
    public ulong OwnerOf(string appId, string channel) => OwnerOf(appId, channel, long.MaxValue);

    /// <summary>The node that reports what happened on a channel at a time.</summary>
    public ulong OwnerOf(string appId, string channel, long happened)
    {
        if (candidates.Length == 1)
            return candidates[0].Epoch;
        var hash = Mix(Hash(appId) ^ (Hash(channel) * 31));
        ulong best = 0, owner = 0;
        var hasWitness = false;
        foreach (var (candidate, since) in candidates)
        {
            var isWitness = since <= happened;
            if (hasWitness && !isWitness)
                continue;
            var score = Mix(hash ^ candidate);
            if (isWitness != hasWitness || score > best || (score == best && candidate > owner))
                (best, owner) = (score, candidate);
            hasWitness |= isWitness;
        }

        return owner;
    }

    // FNV-1a over the characters. HashCode and string.GetHashCode differ from process to process.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in MemoryMarshal.AsBytes(text.AsSpan()))
            hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }

    // The finaliser of splitmix64: every bit of the input moves every bit of the output.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
