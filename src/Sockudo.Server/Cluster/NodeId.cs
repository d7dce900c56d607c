using System.Globalization;
using System.Security.Cryptography;

namespace Sockudo.Server.Cluster;

/// <summary>
/// A node of the cluster: its name, for people, and a random number made at its start. A restarted process is a new node, whatever it is called.
/// </summary>
/// <param name="Epoch">Tells nodes apart.</param>
/// <param name="Name"><c>instance.process_id</c>.</param>
internal readonly record struct NodeId(ulong Epoch, string Name)
{
    /// <summary>A node that has not been there before.</summary>
    public static NodeId Create(string name)
    {
        Span<byte> epoch = stackalloc byte[8];
        RandomNumberGenerator.Fill(epoch);
        return new NodeId(BitConverter.ToUInt64(epoch), name);
    }

    public bool Equals(NodeId other) => Epoch == other.Epoch;

    public override int GetHashCode() => Epoch.GetHashCode();

    /// <summary>As in the name of its topic.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}~{Epoch:x16}");
}
