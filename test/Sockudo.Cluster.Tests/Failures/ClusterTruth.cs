using Xunit;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>What must hold of a cluster after a failure.</summary>
public abstract class ClusterTruth
{
    private protected const int Users = 15;

    private protected static async Task ExpectUpAsync(SockudoCluster cluster)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var node in cluster.Nodes)
        {
            while (await node.UpAsync() != 200)
                await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>What the clients of a node, or of all, were told so far.</summary>
    private protected static Dictionary<string, (int Added, int Removed)> Seen(SockudoCluster cluster, SockudoNode? node) =>
        cluster.Clients.Where(client => !client.HasEnded && (node is null || client.Node == node)).ToDictionary(
            static client => client.User, static client => (client.Seen(SockudoCluster.Room).Added, client.Seen(SockudoCluster.Room).Removed));

    private protected static void ExpectChanges(
        Dictionary<string, (int Added, int Removed)> before, Dictionary<string, (int Added, int Removed)> after, int added, int removed)
    {
        foreach (var (user, seen) in after)
        {
            if (before.TryGetValue(user, out var old))
                Assert.Equal((user, added, removed), (user, seen.Added - old.Added, seen.Removed - old.Removed));
        }
    }

    /// <summary>Events go through again; that they are in order the clients have seen to.</summary>
    private protected static async Task ExpectEventsAsync(SockudoCluster cluster)
    {
        var published = cluster.Published;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (cluster.Published < published + 50)
            await Task.Delay(50, patience.Token);
        await cluster.QuietAsync();
        while (cluster.Clients.Where(static client => !client.HasEnded).Select(static client => client.LastEvent).Distinct().ToList() is not [var last] || last <= published)
            await Task.Delay(50, patience.Token);
        await cluster.ExpectTruthAsync();
    }
}
