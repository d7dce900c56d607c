using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Webhooks;

/// <summary>
/// <c>subscription_count</c> in a cluster: every node knows every number, and one of them reports it. Of a number only the last one counts, so that only that is kept, for as long
/// as its reporter may turn out to be gone. Guarded by the lock of <see cref="WebhookSmoothing"/>.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="ownerOf">The node that reports what happened on a channel at a timestamp of the clock.</param>
/// <param name="next">Takes what is to be reported.</param>
/// <param name="memory">For how long a number is kept.</param>
/// <param name="time">The clock.</param>
internal sealed class CountReports(ulong self, Func<ChannelKey, long, ulong> ownerOf, IWebhookSink next, TimeSpan memory, TimeProvider time)
{
    private readonly Dictionary<ChannelKey, Count> _counts = [];

    /// <summary>There is a new number.</summary>
    public void Raise(ChannelKey key, WebhookEvent webhookEvent) => Assign(key, _counts[key] = new Count(webhookEvent, time.GetTimestamp()));

    /// <summary>What a node has reported since it was last known to be well is reported by who is responsible now.</summary>
    public void TakeOver(ulong node, long wellUntil) => AssignAgain(count => count.Owner == node && count.At >= wellUntil);

    /// <summary>What was held back while this node was cut off is reported, if that is its to report.</summary>
    public void GoOn() => AssignAgain(static count => count.Owner == Replication.Nobody);

    /// <summary>Forgets what is long over.</summary>
    public void Review()
    {
        foreach (var (key, count) in _counts)
        {
            if (count.Owner != Replication.Nobody && time.GetElapsedTime(count.At) > memory)
                _counts.Remove(key);
        }
    }

    private void AssignAgain(Func<Count, bool> isMeant)
    {
        foreach (var (key, count) in _counts.Where(count => isMeant(count.Value)).ToList())
            Assign(key, count);
    }

    private void Assign(ChannelKey key, Count count)
    {
        (count.Owner, count.At) = (ownerOf(key, count.Happened), time.GetTimestamp());
        if (count.Owner == self)
            next.Raise(key.App, count.Event);
    }

    private sealed class Count(WebhookEvent webhookEvent, long happened)
    {
        public WebhookEvent Event => webhookEvent;

        public long Happened => happened;

        public ulong Owner { get; set; }

        public long At { get; set; }
    }
}
