using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Cluster;

/// <summary>
/// What this node knows of the whole cluster: the hub's channels and the apps' connections, as the other nodes say that they are, and what those have told webhooks.
/// </summary>
internal sealed class Replica(Hub hub, AppRegistry apps, WebhookSmoothing smoothing)
{
    /// <summary>What is reported to webhooks.</summary>
    public WebhookSmoothing Smoothing => smoothing;

    /// <summary>From now on this node reports to webhooks only what it owns, and tells the others of it.</summary>
    /// <param name="self">This node.</param>
    /// <param name="ownerOf">The node that reports what happened on a channel at a timestamp of the clock.</param>
    /// <param name="changes">What is to be told to the others.</param>
    public void ShareReports(ulong self, Func<ChannelKey, long, ulong> ownerOf, OwnChanges changes) =>
        smoothing.ReportOnly(self, ownerOf, hub.IsThere, (key, userId, report) => changes.AddTold(StateChange.Told(key.App.App.Id, key.Name, userId, report)));

    /// <summary>Takes in one piece of what a node says of itself.</summary>
    public void Apply(NodeId peer, in StateChange change)
    {
        var app = apps.Expect(change.AppId);
        switch (change.Kind)
        {
            case StateChangeKind.Connections:
                app.SetConnections(peer, change.Count);
                break;
            case StateChangeKind.Told:
                Hear(app, change, isTrusted: false);
                break;
            default:
                hub.Apply(peer, app, change);
                break;
        }
    }

    /// <summary>Puts all that a node says of itself in the place of what was known of it, as the difference.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="state">What it says.</param>
    /// <param name="isTrusted">This node was away, and knows less of what webhooks were told than that one: of all, if it does not say otherwise.</param>
    public void Replace(NodeId peer, PeerState state, bool isTrusted)
    {
        // What is new before what is gone: a user who has moved between two channels is not missed in between.
        foreach (var ((appId, channel), share) in state.Channels)
            hub.Replace(peer, new ChannelKey(apps.Expect(appId), channel), share, isTrusted);
        hub.Forget(peer, isTrusted, key => state.Channels.ContainsKey((key.App.App.Id, key.Name)));
        foreach (var (appId, count) in state.Connections)
            apps.Expect(appId).SetConnections(peer, count);
        foreach (var app in apps.Known)
        {
            if (!state.Connections.ContainsKey(app.App.Id))
                app.SetConnections(peer, 0);
        }

        foreach (var told in state.Told)
            Hear(apps.Expect(told.AppId), told, isTrusted);
    }

    /// <summary>A node is gone, and all that it had.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="isTold">Webhooks have been told of it.</param>
    public void Forget(NodeId peer, bool isTold)
    {
        hub.Forget(peer, isTold);
        foreach (var app in apps.Known)
            app.SetConnections(peer, 0);
    }

    /// <summary>The channels that this node has itself. Not of one moment: <see cref="Peer"/> says how that is made up for.</summary>
    public IEnumerable<StateChange> OwnChannels() => hub.OwnState();

    /// <summary>What webhooks were told of late, as far as this node knows.</summary>
    public IEnumerable<StateChange> Reports() =>
        smoothing.Reports().Select(static told => StateChange.Told(told.Key.App.App.Id, told.Key.Name, told.UserId, told.Report));

    /// <summary>The connections of this node, app by app.</summary>
    public IEnumerable<StateChange> OwnConnections() =>
        apps.Known.Where(static app => app.Connections > 0).Select(static app => StateChange.Connections(app.App.Id, app.Connections));

    private void Hear(AppScope app, in StateChange told, bool isTrusted) => smoothing.Hear(new ChannelKey(app, told.Channel), told.Member?.Id, told.Report, isTrusted);
}
