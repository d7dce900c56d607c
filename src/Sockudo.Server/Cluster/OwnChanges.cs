using Sockudo.Server.Channels;

namespace Sockudo.Server.Cluster;

/// <summary>
/// What has changed on this node and has not been told to the others yet. Written under the locks of channels, so in the order in which things happened
/// to each of them; the only lock in here is never held while another one is taken.
/// </summary>
internal sealed class OwnChanges
{
    private readonly Lock _gate = new();
    private List<StateChange> _changes = [];
    private List<Channel> _counts = [];
    private Action _onUrgent = static () => { };

    /// <summary>Is called when there is something to be told at once; must return at once.</summary>
    public void OnUrgent(Action action) => _onUrgent = action;

    /// <summary>A member came or went: everybody hears of it at once.</summary>
    public void Add(in StateChange change)
    {
        lock (_gate)
            _changes.Add(change);
        _onUrgent();
    }

    /// <summary>Webhooks were told of something: the others hear of it with the next beat.</summary>
    public void AddTold(in StateChange change)
    {
        lock (_gate)
            _changes.Add(change);
    }

    /// <summary>A channel has its first local subscription, or none any more: told at once, and nothing that was to be told before holds.</summary>
    public void OccupancyChanged(Channel channel)
    {
        lock (_gate)
        {
            channel.IsCountUntold = false;
            _changes.Add(StateChange.Subscriptions(channel.Key.App.App.Id, channel.Key.Name, channel.LocalCount));
        }

        _onUrgent();
    }

    /// <summary>The number of subscriptions of an occupied channel has changed: told with the next beat, as it is then.</summary>
    public void CountChanged(Channel channel)
    {
        lock (_gate)
        {
            if (channel.IsCountUntold)
                return;
            channel.IsCountUntold = true;
            _counts.Add(channel);
        }
    }

    /// <summary>Takes out what is to be told.</summary>
    /// <param name="withCounts">Numbers of subscriptions too.</param>
    public List<StateChange> Take(bool withCounts)
    {
        lock (_gate)
        {
            // A number is read here, so that it cannot stand behind a change to 0 that came after it.
            if (withCounts && _counts.Count > 0)
            {
                foreach (var channel in _counts)
                {
                    if (!channel.IsCountUntold)
                        continue;
                    channel.IsCountUntold = false;
                    _changes.Add(StateChange.Subscriptions(channel.Key.App.App.Id, channel.Key.Name, channel.LocalCount));
                }

                _counts = [];
            }

            if (_changes.Count == 0)
                return [];
            var taken = _changes;
            _changes = [];
            return taken;
        }
    }
}
