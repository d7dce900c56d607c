namespace Sockudo.Server.Cluster;

/// <summary>
/// The last stamp of every sender on a topic: a message that comes twice, or after one that was published later, is known by it. Not thread-safe.
/// </summary>
internal struct SenderStamps
{
    // Nodes of a cluster, and those that they replaced: few. The oldest entry gives way.
    private const int MaxSenders = 64;

    private (ulong Sender, ulong Stamp)[]? _last;

    /// <summary>True if the message is newer than all of its sender before.</summary>
    public bool TryAdvance(MessageHeader header)
    {
        _last ??= [];
        for (var i = 0; i < _last.Length; i++)
        {
            if (_last[i].Sender != header.Sender)
                continue;
            if (header.Stamp <= _last[i].Stamp)
                return false;
            _last[i].Stamp = header.Stamp;
            return true;
        }

        _last = [.. _last.Length < MaxSenders ? _last : _last[1..], (header.Sender, header.Stamp)];
        return true;
    }
}
