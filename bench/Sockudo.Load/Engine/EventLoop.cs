using Microsoft.Win32.SafeHandles;

namespace Sockudo.Load.Engine;

/// <summary>Waits for many sockets at once, on the calling thread. Everything of a loop happens on that one thread.</summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int Capacity = 512;

    private readonly SafeFileHandle _epoll = new(Native.EpollCreate(0), ownsHandle: true);
    private readonly Native.EpollEvent[] _events = new Native.EpollEvent[Capacity];
    private readonly byte[] _scratch = new byte[256 * 1024];

    // By descriptor: the kernel always hands out the smallest free number, so the array stays dense.
    private IReadable?[] _readables = new IReadable?[1024];

    private int Descriptor => (int)_epoll.DangerousGetHandle();

    /// <summary>Watches a socket until it is removed.</summary>
    public void Add(IReadable readable)
    {
        var descriptor = readable.Descriptor;
        if (descriptor >= _readables.Length)
            Array.Resize(ref _readables, Math.Max(descriptor + 1, 2 * _readables.Length));
        _readables[descriptor] = readable;
        var what = new Native.EpollEvent(Native.EpollIn, descriptor);
        if (Native.EpollControl(Descriptor, Native.EpollAdd, descriptor, &what) != 0)
            throw new IOException("epoll_ctl failed");
    }

    /// <summary>Stops watching. Must be called before the socket is closed, because its number is used again.</summary>
    public void Remove(IReadable readable)
    {
        var descriptor = readable.Descriptor;
        if (_readables[descriptor] != readable)
            return;
        _readables[descriptor] = null;
        var what = default(Native.EpollEvent);
        _ = Native.EpollControl(Descriptor, Native.EpollDelete, descriptor, &what);
    }

    /// <summary>Lets every socket that can be read do so; false if none could within the time.</summary>
    public bool Poll(int milliseconds)
    {
        int count;
        fixed (Native.EpollEvent* events = _events)
            count = Native.EpollWait(Descriptor, events, Capacity, milliseconds);
        for (var i = 0; i < count; i++)
            _readables[_events[i].Data]?.OnReadable(_scratch);
        return count > 0;
    }

    public void Dispose() => _epoll.Dispose();
}
