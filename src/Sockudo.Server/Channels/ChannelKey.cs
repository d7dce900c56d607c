using System.Runtime.CompilerServices;
using Sockudo.Server.Apps;

namespace Sockudo.Server.Channels;

/// <summary>Names a channel on this server. Equal names of different apps are different channels (CL-3).</summary>
internal readonly record struct ChannelKey(AppScope App, string Name)
{
    // A key is asked for it twice, by the shards of the hub and by a shard's dictionary.
    private readonly int _hash = HashCode.Combine(RuntimeHelpers.GetHashCode(App), Name.GetHashCode(StringComparison.Ordinal));

    // Scopes are compared by reference; names ordinally (N-3).
    public bool Equals(ChannelKey other) => ReferenceEquals(App, other.App) && Name == other.Name;

    public override int GetHashCode() => _hash;
}
