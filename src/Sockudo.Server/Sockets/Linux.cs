using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Sockudo.Server.Sockets;

/// <summary>
/// The system calls of the <see cref="Poller"/>, as Linux has them on x64 and arm64. None of them waits, except
/// <see cref="EpollWait"/>; each returns -1 on failure, with the reason in <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Linux
{
    public const uint EpollIn = 0x001;
    public const uint EpollOut = 0x004;
    public const uint EpollExclusive = 1u << 28;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    public const int Peek = 0x02;

    // errno
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int TooManyOpenFiles = 24;
    public const int ConnectionAborted = 103;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int SocketNonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int EventNonBlocking = 0x800;
    private const int ShutdownBoth = 2;
    private const int LongestAddress = 28;

    /// <summary>A new epoll instance.</summary>
    public static Descriptor EpollCreate() => epoll_create1(CloseOnExec);

    /// <summary>A counter that wakes whoever waits for it.</summary>
    public static Descriptor EventCreate() => eventfd(0, CloseOnExec | EventNonBlocking);

    /// <summary>Adds 1 to an event counter.</summary>
    public static void EventSignal(Descriptor counter)
    {
        var one = 1L;
        _ = write(counter, &one, sizeof(long));
    }

    /// <summary>Changes what is watched of a descriptor; false if that cannot be.</summary>
    public static bool EpollControl(Descriptor epoll, int operation, SafeHandle target, int id, uint interest)
    {
        var what = stackalloc byte[EpollEvents.LargestSize];
        EpollEvents.Write(what, interest, id);
        return epoll_ctl(epoll, operation, target, what) == 0;
    }

    /// <summary>Waits for events; returns how many there are.</summary>
    /// <param name="epoll">The instance.</param>
    /// <param name="events">Takes them.</param>
    /// <param name="milliseconds">Longest wait; -1 = no limit.</param>
    public static int EpollWait(Descriptor epoll, EpollEvents events, int milliseconds)
    {
        fixed (byte* first = events.Bytes)
            return epoll_wait(epoll, first, EpollEvents.Capacity, milliseconds);
    }

    /// <summary>Takes one waiting connection, non-blocking; an invalid descriptor if there is none.</summary>
    /// <param name="listener">A listening TCP socket, non-blocking.</param>
    /// <param name="peer">The other end.</param>
    public static Descriptor Accept(SafeHandle listener, out IPEndPoint? peer)
    {
        var address = stackalloc byte[LongestAddress];
        var length = LongestAddress;
        var accepted = accept4(listener, address, &length, SocketNonBlocking | CloseOnExec);
        peer = accepted.IsInvalid ? null : ReadAddress(new ReadOnlySpan<byte>(address, length));
        return accepted;
    }

    /// <summary>Takes what has arrived; 0 if the peer has ended.</summary>
    public static int Receive(Descriptor socket, Span<byte> buffer, int flags = 0)
    {
        fixed (byte* first = buffer)
            return (int)recv(socket, first, buffer.Length, flags | DontWait);
    }

    /// <summary>
    /// Gives bytes to the kernel; returns how many it took. Saving the reason of a failure costs several calls more, so it is asked for
    /// only when there is one, by trying again.
    /// </summary>
    public static int Send(Descriptor socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data)
        {
            var sent = send(socket, first, data.Length, DontWait | NoSignal);
            return (int)(sent >= 0 ? sent : send_with_reason(socket, first, data.Length, DontWait | NoSignal));
        }
    }

    /// <summary>Ends both directions of a TCP connection.</summary>
    public static void Shutdown(Descriptor socket) => _ = shutdown(socket, ShutdownBoth);

    // struct sockaddr_in / sockaddr_in6: family (host order), port (network order), then the address.
    private static IPEndPoint? ReadAddress(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
            return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return MemoryMarshal.Read<ushort>(address) switch
        {
            2 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            10 when address.Length >= LongestAddress =>
                new IPEndPoint(new IPAddress(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..])), port),
            _ => null,
        };
    }

#pragma warning disable IDE1006 // The system's own names.
    [LibraryImport("libc", SetLastError = true)]
    private static partial Descriptor epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(Descriptor epoll, int operation, SafeHandle target, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(Descriptor epoll, byte* events, int capacity, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial Descriptor eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(Descriptor target, void* data, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial Descriptor accept4(SafeHandle listener, byte* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(Descriptor socket, byte* data, nint length, int flags);

    [LibraryImport("libc")]
    private static partial nint send(Descriptor socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint send_with_reason(Descriptor socket, byte* data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(Descriptor socket, int how);
#pragma warning restore IDE1006
}
