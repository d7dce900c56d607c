using Sockudo.Protocol.Messages;

namespace Sockudo.Server.Cluster;

/// <summary>All that another node says of itself, while it is being put together from a snapshot and the deltas that belong to it.</summary>
internal sealed class PeerState
{
    /// <summary>Its channels by app id and name.</summary>
    public Dictionary<(string AppId, string Channel), ChannelState> Channels { get; } = [];

    /// <summary>Its connections by app id.</summary>
    public Dictionary<string, int> Connections { get; } = new(StringComparer.Ordinal);

    /// <summary>What it has told webhooks of late, in order.</summary>
    public List<StateChange> Told { get; } = [];

    /// <summary>Takes one piece in.</summary>
    public void Apply(in StateChange change)
    {
        if (change.Kind == StateChangeKind.Connections)
        {
            Connections[change.AppId] = change.Count;
            return;
        }

        if (change.Kind == StateChangeKind.Told)
        {
            Told.Add(change);
            return;
        }

        var key = (change.AppId, change.Channel);
        if (!Channels.TryGetValue(key, out var channel))
            Channels.Add(key, channel = new ChannelState());
        switch (change.Kind)
        {
            case StateChangeKind.Subscriptions:
                channel.Subscriptions = change.Count;
                break;
            case StateChangeKind.MemberAdded:
                channel.Members[change.Member!.Id] = change.Member;
                break;
            default:
                channel.Members.Remove(change.Member!.Id);
                break;
        }

        if (channel is { Subscriptions: 0, Members.Count: 0 })
            Channels.Remove(key);
    }

    /// <summary>One of its channels.</summary>
    internal sealed class ChannelState
    {
        public int Subscriptions { get; set; }

        public Dictionary<string, PresenceMember> Members { get; } = new(StringComparer.Ordinal);
    }
}
