using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// A channel that is occupied or not, or a user who is in it or not: as this node sees it, and as the application was told. What differs has to be reported.
/// Guarded by the lock of <see cref="WebhookSmoothing"/>.
/// </summary>
internal sealed class Occupancy
{
    // More reports than these, unknown to each other, are not worth to be told apart.
    private const int MaxEarlier = 8;

    private List<ReportId>? _earlier;
    private ReportId _id;
    private ReportId _after;

    /// <param name="key">The channel.</param>
    /// <param name="userId">The user; null: the channel itself.</param>
    /// <param name="isThere">As this node sees it, and as was told, as far as anybody knows.</param>
    public Occupancy(ChannelKey key, string? userId, bool isThere)
    {
        Key = key;
        UserId = userId;
        IsThere = isThere;
        Told = isThere;
    }

    public ChannelKey Key { get; }

    /// <summary>The user; null: the channel itself.</summary>
    public string? UserId { get; }

    /// <summary>As this node sees it.</summary>
    public bool IsThere { get; private set; }

    /// <summary>When that changed, as a timestamp of the clock.</summary>
    public long Turned { get; private set; }

    /// <summary>Of all changes that this node has seen, the how manieth.</summary>
    public long Number { get; private set; }

    /// <summary>As the application was told; null if nobody can say.</summary>
    public bool? Told { get; private set; }

    /// <summary>What was before it turned should have been told, and was not.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>When what differs is due, as a timestamp of the clock.</summary>
    public long Due { get; set; }

    /// <summary>That time has come.</summary>
    public bool IsDue { get; set; }

    /// <summary>Who has to report it, or has; <see cref="Replication.Nobody"/> until that can be told.</summary>
    public ulong Owner { get; set; } = Replication.Nobody;

    /// <summary>When it became the owner's, or was settled, as a timestamp of the clock.</summary>
    public long At { get; set; }

    /// <summary>When the last report was made, or heard of, as a timestamp of the clock.</summary>
    public long ToldAt { get; private set; }

    /// <summary>The last report that is known.</summary>
    public OccupancyReport Report => new(Told, _id, _after);

    /// <summary>What the application was told is not what is.</summary>
    public bool Differs => Told != IsThere;

    /// <summary>There is something to be reported, now or when it is due.</summary>
    public bool IsOpen => Differs || IsOwed;

    /// <summary>Somebody has to report it now.</summary>
    public bool IsWaiting => IsOwed || (Differs && IsDue);

    /// <summary>It came, or it went.</summary>
    /// <param name="isThere">Which.</param>
    /// <param name="isWaitedFor">Somebody was to report what was until now, if it was due.</param>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="number">Of all changes the how manieth this is.</param>
    public void Turn(bool isThere, bool isWaitedFor, long now, long number)
    {
        IsOwed = isWaitedFor && IsDue && Differs;
        IsThere = isThere;
        IsDue = false;
        (Turned, Number) = (now, number);
    }

    /// <summary>The application is told now, by this node.</summary>
    public void Tell(bool isThere, ReportId id, long now)
    {
        Adopt(isThere, id, _id, now);
        if (isThere != IsThere)
            IsOwed = false;
    }

    /// <summary>What the application was told may be lost, or something else was told that nobody knows of.</summary>
    public void Doubt() => Told = null;

    /// <summary>Others say that this has been told, but not when.</summary>
    public void Settle()
    {
        _earlier = null;
        (Told, _id, _after) = (IsThere, default, default);
    }

    /// <summary>A node says what was told.</summary>
    /// <param name="report">What.</param>
    /// <param name="isTrusted">This node was away, and knows less.</param>
    /// <param name="isOld">What is known here is not of late.</param>
    /// <param name="now">A timestamp of the clock.</param>
    /// <returns>Whether that was not known.</returns>
    public bool Hear(in OccupancyReport report, bool isTrusted, bool isOld, long now)
    {
        if (report.Id.IsNone)
        {
            // What was told long ago only counts for who knows nothing better; and if that differs, it is told once more.
            if (!isTrusted || !(_id.IsNone || isOld) || report.IsThere == Told)
                return false;
            IsOwed &= report.IsThere == IsThere;
            Doubt();
            return true;
        }

        if (IsEarlier(report.Id))
            return false;
        IsOwed &= report.IsThere == IsThere;
        if (isOld || _id.IsNone || report.After == _id || _id.IsUpTo(report.Id))
        {
            Adopt(report.IsThere, report.Id, report.After, now);
            return true;
        }

        // Of two that did not know of each other nobody can say which came last. All nodes then go on from the same one.
        if (report.IsThere != Told)
            Told = null;
        if (report.Id.IsAbove(_id))
            Adopt(Told, report.Id, report.After, now);
        else
            Remember(report.Id);
        return true;
    }

    private void Adopt(bool? isThere, ReportId id, ReportId after, long now)
    {
        Remember(_id);
        Remember(after);
        (Told, _id, _after, ToldAt) = (isThere, id, after, now);
    }

    private bool IsEarlier(ReportId id) => id.IsUpTo(_id) || _earlier?.Exists(earlier => id.IsUpTo(earlier)) == true;

    private void Remember(ReportId id)
    {
        if (id.IsNone || _earlier?.Contains(id) == true)
            return;
        _earlier ??= [];
        if (_earlier.Count == MaxEarlier)
            _earlier.RemoveAt(0);
        _earlier.Add(id);
    }
}
