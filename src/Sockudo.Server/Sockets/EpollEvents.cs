using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockudo.Server.Sockets;

/// <summary>
/// Room for what one <c>epoll_wait</c> reports. <c>struct epoll_event</c> is a 32-bit mask and 64 bits of the caller's, packed on
/// x64 and aligned everywhere else.
/// </summary>
internal sealed unsafe class EpollEvents
{
    /// <summary>Events per call.</summary>
    public const int Capacity = 256;

    /// <summary>Bytes of one event, at most.</summary>
    public const int LargestSize = 16;

    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int DataOffset = IsPacked ? 4 : 8;
    private static readonly int Size = DataOffset + 8;

    /// <summary>The events, as the kernel writes them.</summary>
    public byte[] Bytes { get; } = new byte[Capacity * LargestSize];

    /// <summary>What the descriptor of this event was watched as.</summary>
    public int IdOf(int index) => (int)Unsafe.ReadUnaligned<long>(ref Bytes[(index * Size) + DataOffset]);

    /// <summary>Writes one event, for <c>epoll_ctl</c>.</summary>
    public static void Write(byte* target, uint interest, int id)
    {
        Unsafe.WriteUnaligned(target, interest);
        Unsafe.WriteUnaligned(target + DataOffset, (long)id);
    }
}
