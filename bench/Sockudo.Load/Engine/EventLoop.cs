namespace Sockudo.Load.Engine;

/// <summary>Waits for many sockets at once on the calling thread.</summary>
internal sealed unsafe class EventLoop
{
    private const int Capacity = 512;

    private readonly int _epoll = Native.EpollCreate(0);
    private readonly Native.EpollEvent[] _events = new Native.EpollEvent[Capacity];

    /// <summary>Watches a socket; <paramref name="id"/> comes back when it can be read.</summary>
    public void Add(int descriptor, long id)
    {
        var what = new Native.EpollEvent(Native.EpollIn, id);
        if (Native.EpollControl(_epoll, Native.EpollAdd, descriptor, &what) != 0)
            throw new IOException("epoll_ctl failed");
    }

    /// <summary>Stops watching.</summary>
    public void Remove(int descriptor)
    {
        var what = default(Native.EpollEvent);
        _ = Native.EpollControl(_epoll, Native.EpollDelete, descriptor, &what);
    }

    /// <summary>Calls back for every socket that can be read; false if none could within the time.</summary>
    public bool Poll(int milliseconds, Action<long> onReadable)
    {
        int count;
        fixed (Native.EpollEvent* events = _events)
            count = Native.EpollWait(_epoll, events, Capacity, milliseconds);
        for (var i = 0; i < count; i++)
            onReadable(_events[i].Data);
        return count > 0;
    }
}
