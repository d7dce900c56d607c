using Sockudo.Protocol.Messages;
using Sockudo.Server.Apps;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Channels;

/// <content>
/// What other nodes say that they have. It stands in the channels beside the local subscriptions, and every change of it is told to local subscribers
/// under the same lock under which rosters are taken: roster and events always add up, whichever node something happened on.
/// </content>
internal sealed partial class Hub
{
    /// <summary>Takes in one piece of what another node says of itself.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="app">The app that <paramref name="change"/> names.</param>
    /// <param name="change">About a channel.</param>
    public void Apply(NodeId peer, AppScope app, in StateChange change)
    {
        var key = new ChannelKey(app, change.Channel);
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            var channel = shard.GetOrAdd(key);
            switch (change.Kind)
            {
                case StateChangeKind.Subscriptions:
                    SetSubscriptions(channel, peer, change.Count);
                    break;
                case StateChangeKind.MemberAdded:
                    AddMember(channel, peer, change.Member!);
                    break;
                case StateChangeKind.MemberRemoved:
                    RemoveMember(channel, peer, change.Member!.Id);
                    break;
            }

            shard.RemoveIfUnused(channel);
        }
    }

    /// <summary>Puts what another node has of a channel in the place of what was known of it, as the difference.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="key">The channel.</param>
    /// <param name="state">What it has.</param>
    /// <param name="isTold">Webhooks have been told of the difference.</param>
    public void Replace(NodeId peer, ChannelKey key, PeerState.ChannelState state, bool isTold)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            var channel = shard.GetOrAdd(key);
            if (state.Subscriptions > 0)
                SetSubscriptions(channel, peer, state.Subscriptions, isTold);
            foreach (var member in state.Members.Values)
                AddMember(channel, peer, member, isTold);
            foreach (var userId in channel.ShareOf(peer)?.UserIds.Where(id => !state.Members.ContainsKey(id)).ToList() ?? [])
                RemoveMember(channel, peer, userId, isTold);
            if (state.Subscriptions == 0)
                SetSubscriptions(channel, peer, 0, isTold);
            shard.RemoveIfUnused(channel);
        }
    }

    /// <summary>Takes out what another node is known to have, in all channels but some.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="isTold">Webhooks have been told of it.</param>
    /// <param name="except">Channels that stay; null for none.</param>
    public void Forget(NodeId peer, bool isTold, Func<ChannelKey, bool>? except = null)
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                var affected = shard.Channels.Values
                    .Where(channel => channel.ShareOf(peer) is not null && except?.Invoke(channel.Key) != true).ToList();
                foreach (var channel in affected)
                {
                    foreach (var userId in channel.ShareOf(peer)!.UserIds.ToList())
                        RemoveMember(channel, peer, userId, isTold);
                    SetSubscriptions(channel, peer, 0, isTold);
                    shard.RemoveIfUnused(channel);
                }
            }
        }
    }

    /// <summary>
    /// All that this node itself has, shard by shard: what a shard says is of one moment, different shards are of different ones.
    /// </summary>
    public IEnumerable<StateChange> OwnState()
    {
        var state = new List<StateChange>();
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (var (key, channel) in shard.Channels)
                {
                    if (channel.LocalCount == 0)
                        continue;
                    state.Add(StateChange.Subscriptions(key.App.App.Id, key.Name, channel.LocalCount));
                    foreach (var user in channel.LocalUsers)
                        state.Add(StateChange.MemberAdded(key.App.App.Id, key.Name, user));
                }
            }

            foreach (var change in state)
                yield return change;
            state.Clear();
        }
    }

    /// <summary>The other nodes that have subscriptions to a channel.</summary>
    public IReadOnlyList<NodeId> PeersOf(ChannelKey key)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
            return shard.Find(key) is { } channel ? [.. channel.Peers] : [];
    }

    private void SetSubscriptions(Channel channel, NodeId peer, int count, bool isTold = false)
    {
        var before = channel.SubscriptionCount;
        channel.SetSubscriptions(peer, count);
        CountChanged(channel, before, isTold);
    }

    private void AddMember(Channel channel, NodeId peer, PresenceMember member, bool isTold = false)
    {
        if (channel.AddMember(peer, member))
            MemberAdded(channel, member, exceptSocketId: null, isTold);
    }

    private void RemoveMember(Channel channel, NodeId peer, string userId, bool isTold = false)
    {
        if (channel.RemoveMember(peer, userId))
            MemberRemoved(channel, userId, isTold);
    }
}
