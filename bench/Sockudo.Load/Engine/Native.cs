using System.Runtime.InteropServices;

namespace Sockudo.Load.Engine;

/// <summary>The system calls that the load generator and the floor make themselves (Linux).</summary>
internal static partial class Native
{
    public const int EpollIn = 1;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int NoSignal = 0x4000;
    public const int DontWait = 0x40;
    public const int TryAgain = 11;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(int epoll, int operation, int descriptor, EpollEvent* what);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(int epoll, EpollEvent* events, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "send")]
    public static unsafe partial nint Send(int descriptor, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(int descriptor, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int processId, nint size, in ulong mask);

    [StructLayout(LayoutKind.Sequential)]
    public record struct TimeSpec(long Seconds, long Nanoseconds);

    /// <summary>Packed on x64, as the kernel wants it there.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public record struct EpollEvent(uint Events, long Data);
}
