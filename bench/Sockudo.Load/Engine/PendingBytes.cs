namespace Sockudo.Load.Engine;

/// <summary>The beginning of a message whose end has not arrived. Takes no memory while there is none.</summary>
internal struct PendingBytes()
{
    private const int KeptCapacity = 4096;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>What was pending and what has arrived, as one piece; valid until <see cref="Keep"/>.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> arrived)
    {
        if (_length == 0)
            return arrived;
        if (_bytes.Length < _length + arrived.Length)
            Array.Resize(ref _bytes, _length + arrived.Length);
        arrived.CopyTo(_bytes.AsSpan(_length));
        _length += arrived.Length;
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>Keeps what of the joined bytes could not be used.</summary>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        if (_bytes.Length < rest.Length)
            Array.Resize(ref _bytes, rest.Length);
        rest.CopyTo(_bytes);
        _length = rest.Length;
        if (_length == 0 && _bytes.Length > KeptCapacity)
            _bytes = [];
    }
}
