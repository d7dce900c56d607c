using Sockudo.Protocol.WebSockets;

namespace Sockudo.Server.Connections;

/// <summary>
/// Frames waiting to be sent on one connection: a ring that keeps its first few places, so that neither an idle
/// connection nor a busy one allocates per frame. Not thread-safe: guarded by its connection.
/// </summary>
internal struct OutboundQueue
{
    private const int InitialCapacity = 4;
    private const int KeptCapacity = 16;

    private Frame?[]? _frames;
    private int _head;
    private int _count;

    // Bytes of the first frame that have been sent already.
    private int _sent;

    /// <summary>Bytes not sent yet.</summary>
    public int Bytes { get; private set; }

    /// <summary>Nothing is waiting.</summary>
    public readonly bool IsEmpty => _count == 0;

    public void Add(Frame frame)
    {
        if (_frames is null || _count == _frames.Length)
            Grow();
        _frames![(_head + _count) & (_frames.Length - 1)] = frame;
        _count++;
        Bytes += frame.Length;
    }

    /// <summary>
    /// What to send next: the only or a large frame where it lies, or as many frames as fit into <paramref name="scratch"/>,
    /// so that one system call carries them all. The queue must not be empty; nothing is removed.
    /// </summary>
    public readonly ReadOnlySpan<byte> Peek(byte[] scratch)
    {
        var first = _frames![_head]!.Bytes.AsSpan(_sent);
        if (_count == 1 || first.Length >= scratch.Length / 2)
            return first;

        first.CopyTo(scratch);
        var length = first.Length;
        for (var i = 1; i < _count && length < scratch.Length; i++)
        {
            var next = _frames[(_head + i) & (_frames.Length - 1)]!.Bytes.AsSpan();
            var part = Math.Min(next.Length, scratch.Length - length);
            next[..part].CopyTo(scratch.AsSpan(length));
            length += part;
        }

        return scratch.AsSpan(0, length);
    }

    /// <summary>What is left of the first frame, as memory that outlives this call.</summary>
    public readonly ReadOnlyMemory<byte> PeekFirst() => _frames![_head]!.Bytes.AsMemory(_sent);

    /// <summary>Removes bytes that were sent.</summary>
    public void Consume(int bytes)
    {
        Bytes -= bytes;
        bytes += _sent;
        while (_count > 0 && bytes >= _frames![_head]!.Length)
        {
            bytes -= _frames[_head]!.Length;
            _frames[_head] = null;
            _head = (_head + 1) & (_frames.Length - 1);
            _count--;
        }

        _sent = bytes;
        if (_count == 0 && _frames!.Length > KeptCapacity)
        {
            _frames = null;
            _head = 0;
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _frames = null;
        _head = _count = _sent = 0;
        Bytes = 0;
    }

    private void Grow()
    {
        var larger = new Frame?[_frames is null ? InitialCapacity : _frames.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = _frames![(_head + i) & (_frames.Length - 1)];
        _frames = larger;
        _head = 0;
    }
}
