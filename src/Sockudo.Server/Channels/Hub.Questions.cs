using Sockudo.Protocol.Channels;
using Sockudo.Server.Apps;

namespace Sockudo.Server.Channels;

/// <content>What others than clients want to know of channels.</content>
internal sealed partial class Hub
{
    /// <summary>What is known of a channel; zeros if nobody is subscribed .</summary>
    public ChannelInfo Describe(AppScope app, string channel)
    {
        var key = new ChannelKey(app, channel);
        var shard = ShardOf(key);
        lock (shard.Gate)
            return shard.Find(key) is { } found ? new ChannelInfo(found.SubscriptionCount, found.UserCount) : default;
    }

    /// <summary>Whether a channel is occupied, or, if <paramref name="userId"/> is not null, the user in it.</summary>
    public bool IsThere(ChannelKey key, string? userId)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
            return shard.Find(key) is { } found && (userId is null ? found.SubscriptionCount > 0 : found.FindMember(userId) is not null);
    }

    /// <summary>The occupied channels of an app whose names begin with <paramref name="prefix"/>, without user channels (Q-1, U-14).</summary>
    public IReadOnlyList<KeyValuePair<string, ChannelInfo>> Channels(AppScope app, string prefix)
    {
        var channels = new List<KeyValuePair<string, ChannelInfo>>();
        Visit(app, channel =>
        {
            if (!channel.Kind.IsUser && channel.Key.Name.StartsWith(prefix, StringComparison.Ordinal))
                channels.Add(new(channel.Key.Name, new ChannelInfo(channel.SubscriptionCount, channel.UserCount)));
        });
        return channels;
    }

    /// <summary>Shows every occupied channel of an app, one after another, under the lock of its shard: look and return.</summary>
    public void Visit(AppScope app, Action<Channel> look)
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (var (key, channel) in shard.Channels)
                {
                    if (ReferenceEquals(key.App, app) && channel.SubscriptionCount > 0)
                        look(channel);
                }
            }
        }
    }

    /// <summary>Asks an occupied channel something, under its lock; nothing if nobody is subscribed.</summary>
    public T? Look<T>(ChannelKey key, Func<Channel, T> look)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
            return shard.Find(key) is { SubscriptionCount: > 0 } channel ? look(channel) : default;
    }

    /// <summary>Ids of the distinct users of a presence channel .</summary>
    public IReadOnlyList<string> Users(AppScope app, string channel)
    {
        var key = new ChannelKey(app, channel);
        var shard = ShardOf(key);
        lock (shard.Gate)
            return shard.Find(key) is { } found ? [.. found.Users.Select(static user => user.Id)] : [];
    }

    /// <summary>Channels and subscriptions of this node by app and kind, for the gauges.</summary>
    public IReadOnlyList<ChannelStatistics> Statistics()
    {
        var statistics = new Dictionary<(AppScope App, ChannelKind Kind), (int Channels, int Subscriptions)>();
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (var channel in shard.Channels.Values)
                {
                    if (channel.LocalCount == 0)
                        continue;
                    var group = (channel.Key.App, channel.Kind);
                    var (channels, subscriptions) = statistics.GetValueOrDefault(group);
                    statistics[group] = (channels + 1, subscriptions + channel.LocalCount);
                }
            }
        }

        return [.. statistics.Select(static group =>
            new ChannelStatistics(group.Key.App.App.Id, group.Key.Kind, group.Value.Channels, group.Value.Subscriptions))];
    }
}
