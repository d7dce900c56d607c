using Sockudo.Protocol.Messages;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Channels;

/// <summary>
/// The users whose coming and going one signed-in connection is told of (section 11.1). Changes that happen while the list
/// is being set up are folded into the first message, so that it and the changes after it always add up.
/// </summary>
internal sealed class Watchlist(Session session, IReadOnlyList<string> userIds)
{
    private readonly Lock _gate = new();
    private readonly bool[] _isOnline = new bool[userIds.Count];
    private bool _isStarted;

    public IReadOnlyList<string> UserIds { get; } = userIds;

    /// <summary>What is known of a user when the watch on him begins.</summary>
    public void Found(int position, bool isOnline)
    {
        lock (_gate)
            _isOnline[position] = isOnline;
    }

    /// <summary>A watched user came or went.</summary>
    public void Changed(int position, bool isOnline, Frame frame)
    {
        lock (_gate)
        {
            if (_isStarted)
                session.Send(frame);
            else
                _isOnline[position] = isOnline;
        }
    }

    /// <summary>WL-2: sends the status of all watched users; from now on changes are sent as they happen.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
            var status = UserIds.Zip(_isOnline).ToLookup(static user => user.Second, static user => user.First);
            if (ServerMessages.WatchlistEvents([.. status[true]], [.. status[false]]) is { } frame)
                session.Send(frame);
        }
    }
}
