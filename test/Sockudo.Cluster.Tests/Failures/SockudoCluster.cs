using System.Globalization;
using System.Net.Sockets;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>Three real nodes on a real broker, with clients in presence channels and a publisher who counts.</summary>
internal sealed class SockudoCluster : IAsyncDisposable
{
    public const string Room = "presence-room";
    public const string News = "private-news";

    // Enough for everything that takes its time: silence, cut off, healed, and a period more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private Task _publishing = Task.CompletedTask;

    private SockudoCluster(IReadOnlyList<SockudoNode> nodes) => Nodes = nodes;

    public IReadOnlyList<SockudoNode> Nodes { get; }

    public List<ClusterClient> Clients { get; } = [];

    /// <summary>Events that a node has answered for.</summary>
    public int Published { get; private set; }

    /// <summary>Events that were refused or not answered.</summary>
    public int Refused { get; private set; }

    /// <summary>Starts the nodes.</summary>
    /// <param name="options">Values of <c>--set</c> for each.</param>
    public static async Task<SockudoCluster> StartAsync(params string[][] options)
    {
        var cluster = new SockudoCluster([.. options.Select(static (each, index) => new SockudoNode($"node-{index}", each))]);
        await Task.WhenAll(cluster.Nodes.Select(static node => node.StartAsync()));
        return cluster;
    }

    /// <summary>Connects users to the nodes in turn, each with one connection in both channels.</summary>
    public async Task FillAsync(int users)
    {
        for (var i = 0; i < users; i++)
            Clients.Add(await ClusterClient.ConnectAsync(Nodes[i % Nodes.Count], $"user-{i}", Room, News));
        await ExpectTruthAsync();
    }

    /// <summary>Kills a node, and returns when each of its clients has noticed.</summary>
    public async Task KillAsync(SockudoNode node)
    {
        await node.KillAsync();
        await Task.WhenAll(Clients.Where(client => client.Node == node).Select(static client => client.EndedAsync()));
    }

    /// <summary>Begins to publish numbered events through whichever node runs.</summary>
    public void Publish() => _publishing = PublishAsync();

    /// <summary>
    /// Waits until every client and every node says that exactly those are there who are, and checks that nobody was told anything that cannot be right.
    /// </summary>
    public async Task ExpectTruthAsync()
    {
        Clients.RemoveAll(static client => client.HasEnded && client.Contradiction is null);
        using var patience = new CancellationTokenSource(Patience);
        string? wrong;
        while ((wrong = await FindUntruthAsync()) is not null)
        {
            Assert.DoesNotContain(Clients, static client => client.Contradiction is not null);
            Assert.False(patience.IsCancellationRequested, $"still wrong after {Patience.TotalSeconds} s: {wrong}");
            await Task.Delay(200);
        }

        Assert.DoesNotContain(Clients, static client => client.Contradiction is not null);
    }

    /// <summary>Stops publishing.</summary>
    public async Task QuietAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await QuietAsync();
            await Task.WhenAll(Clients.Select(static client => client.DisposeAsync().AsTask()));
        }
        finally
        {
            // Whatever has failed, no process stays behind.
            foreach (var node in Nodes)
                await node.DisposeAsync();
            _stop.Dispose();
        }
    }

    private async Task<string?> FindUntruthAsync()
    {
        var users = Clients.Where(static client => !client.HasEnded).Select(static client => client.User).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var client in Clients)
        {
            var seen = client.Seen(Room).Users;
            if (!users.SequenceEqual(seen))
                return $"{client.User} sees {string.Join(' ', seen)} and not {string.Join(' ', users)}";
        }

        foreach (var node in Nodes.Where(static node => node.IsRunning))
        {
            var http = new PusherHttp(new ServerUnderTest(node.Address), TestApp.Busy);
            var listed = (await http.GetAsync($"/channels/{Room}/users")).Expect(200).Json["users"]!.AsArray()
                .Select(static user => (string)user!["id"]!).Order(StringComparer.Ordinal);
            if (!users.SequenceEqual(listed))
                return $"{node.Name} lists {string.Join(' ', listed)} and not {string.Join(' ', users)}";
            var count = (int)(await http.GetAsync($"/channels/{News}", ("info", "subscription_count"))).Expect(200).Json["subscription_count"]!;
            if (count != Clients.Count(static client => !client.HasEnded))
                return $"{node.Name} counts {count} subscriptions and not {Clients.Count}";
        }

        return null;
    }

    private async Task PublishAsync()
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                var running = Nodes.Where(static node => node.IsRunning).ToList();
                var http = new PusherHttp(new ServerUnderTest(running[number % running.Count].Address), TestApp.Busy);
                var body = $$"""{"name":"n","data":"http {{number.ToString(CultureInfo.InvariantCulture)}}","channels":["{{News}}"]}""";
                if ((await http.PostAsync("/events", body)).Status == 200)
                    Published++;
                else
                    Refused++;
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or InvalidOperationException or Xunit.Sdk.XunitException)
            {
                // The node was killed meanwhile.
                Refused++;
            }

            await Task.Delay(5);
        }
    }
}
