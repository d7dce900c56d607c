using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Connections;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Channels;

/// <summary>
/// Announces how many connections a channel has (section 11.2): at once up to 100 of them, above at most every 5 s, and
/// the last value always (SC-2). Never on presence, user and encrypted channels (SC-3, E-5).
/// </summary>
internal sealed class SubscriptionCounts(CoarseClock clock, WriteLoops loops, IWebhookSink webhooks)
{
    private const int ThrottledAbove = 100;
    private const int ThrottleInterval = 5000;

    private readonly Lock _gate = new();
    private List<Channel> _pending = [];

    // Swapped with the list above, so that a beat allocates nothing.
    private List<Channel> _due = [];

    /// <summary>The number of connections has changed. Called under the channel's lock.</summary>
    public void Changed(Channel channel)
    {
        if ((channel.Kind & (ChannelKind.Presence | ChannelKind.User | ChannelKind.Encrypted)) != 0)
            return;
        var app = channel.Key.App;
        if (!app.App.EnableSubscriptionCount && !app.Wants(WebhookEventType.SubscriptionCount))
            return;

        if (channel.SubscriptionCount <= ThrottledAbove || clock.Now - channel.CountAnnounced >= ThrottleInterval)
        {
            Announce(channel);
        }
        else if (!channel.IsCountPending)
        {
            channel.IsCountPending = true;
            lock (_gate)
                _pending.Add(channel);
        }
    }

    /// <summary>Announces what has waited long enough. Called by the heartbeat only.</summary>
    /// <param name="hub">Owner of the channels' locks.</param>
    /// <param name="now">Milliseconds of the coarse clock.</param>
    public void SendDue(Hub hub, long now)
    {
        lock (_gate)
            (_due, _pending) = (_pending, _due);

        foreach (var channel in _due)
        {
            lock (hub.LockOf(channel.Key))
            {
                if (!channel.IsCountPending)
                    continue;
                if (now - channel.CountAnnounced >= ThrottleInterval)
                    Announce(channel);
                else
                    lock (_gate)
                        _pending.Add(channel);
            }
        }

        _due.Clear();
    }

    private void Announce(Channel channel)
    {
        channel.CountAnnounced = clock.Now;
        channel.IsCountPending = false;
        var app = channel.Key.App;
        if (app.App.EnableSubscriptionCount && channel.SubscriptionCount > 0)
        {
            var frame = ServerMessages.SubscriptionCount(channel.Key.Name, channel.SubscriptionCount);
            var batch = WriteBatch.For(loops);
            app.Counters.MessagesSent(channel.Send(frame, exceptSocketId: null, batch), frame.PayloadLength);
            batch.Schedule();
        }

        if (app.Wants(WebhookEventType.SubscriptionCount))
        {
            webhooks.Raise(app, new WebhookEvent(WebhookEventType.SubscriptionCount, channel.Key.Name)
            {
                SubscriptionCount = channel.SubscriptionCount,
            });
        }
    }
}
