using System.Runtime.InteropServices;

namespace Sockudo.Server.Sockets;

/// <summary>
/// A file descriptor. The kernel gives a closed one's number to the next connection; a <see cref="SafeHandle"/> is not
/// closed while a call still uses it, so a late <c>send</c> can never reach somebody else's socket.
/// </summary>
internal sealed partial class Descriptor : SafeHandle
{
    public Descriptor()
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
    }

    // The system returns an int; what stands above it in the register is not defined.
    public override bool IsInvalid => Number == -1;

    /// <summary>The number, valid while the descriptor is open.</summary>
    public int Number => (int)handle;

    /// <summary>Leaves the closing to somebody else, who knows the number.</summary>
    public int Release()
    {
        SetHandleAsInvalid();
        return Number;
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

#pragma warning disable IDE1006 // The system's own name.
    [LibraryImport("libc")]
    private static partial int close(int descriptor);
#pragma warning restore IDE1006
}
