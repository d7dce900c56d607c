using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>A presence channel whose last member comes and goes while all the others stay and listen.</summary>
internal sealed class PresenceRoom
{
    private readonly LoadTarget _target;
    private readonly string _channel;
    private readonly IReadOnlyList<LoadConnection> _members;
    private readonly Roster[] _rosters;
    private readonly List<long> _joins = [];
    private readonly List<long> _leaves = [];

    // Views that are as they will be when everybody has heard of what is going on.
    private int _right;
    private bool _isJoining;
    private bool _isLeaving;
    private bool _isStopping;
    private long _since;

    /// <summary>Subscribes all members but the last.</summary>
    public PresenceRoom(LoadTarget target, string channel, IReadOnlyList<LoadConnection> members)
    {
        (_target, _channel, _members) = (target, channel, members);
        _rosters = [.. members.Select(_ => new Roster(members.Count))];
        for (var member = 0; member < members.Count - 1; member++)
            Subscribe(member);
    }

    /// <summary>All members that stay know each other.</summary>
    public bool IsSettled => Array.TrueForAll(_rosters[..^1], roster => roster.Count == _members.Count - 1);

    /// <summary>Nobody comes or goes.</summary>
    public bool IsStill => !_isJoining && !_isLeaving;

    /// <summary>Times that the last member has come and gone, and all have heard of both.</summary>
    public long Cycles => _leaves.Count;

    public long Contradictions => _rosters.Sum(static roster => roster.Contradictions);

    /// <summary>Begins to count anew.</summary>
    public void Reset()
    {
        _joins.Clear();
        _leaves.Clear();
        _isStopping = false;
    }

    /// <summary>Lets the last member come; from then on it goes and comes by itself.</summary>
    public void Join()
    {
        (_isJoining, _right, _since) = (true, 0, MessageStamp.Now);
        Subscribe(_members.Count - 1);
    }

    /// <summary>Lets the last member go once more, and not come again.</summary>
    public void Stop() => _isStopping = true;

    public void OnMessage(int member, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        var roster = _rosters[member];
        if (kind == MessageKind.Subscribed)
            roster.TakeAll(payload);
        else if (kind == MessageKind.MemberAdded)
            roster.Add(payload);
        else if (kind == MessageKind.MemberRemoved)
            roster.Remove(payload);
        else
            return;

        if (_isJoining && roster.IsComplete && ++_right == _members.Count)
            Leave();
        else if (_isLeaving && !roster.IsComplete && ++_right == _members.Count - 1)
            EndCycle();
    }

    /// <summary>Adds how long it took until everybody had heard.</summary>
    public void AddTo(LatencyHistogram joins, LatencyHistogram leaves)
    {
        _joins.ForEach(joins.Record);
        _leaves.ForEach(leaves.Record);
    }

    private void Leave()
    {
        var now = MessageStamp.Now;
        _joins.Add(now - _since);
        (_isJoining, _isLeaving, _right, _since) = (false, true, 0, now);
        _members[^1].Unsubscribe(_channel);
    }

    private void EndCycle()
    {
        _leaves.Add(MessageStamp.Now - _since);
        _isLeaving = false;
        if (!_isStopping)
            Join();
    }

    private void Subscribe(int member) => _members[member].Subscribe(_target, _channel, Roster.ChannelData(member));
}
