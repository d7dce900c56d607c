using System.Globalization;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Concurrency;

/// <summary>
/// Thousands of connections join, leave, publish and vanish on the same channels at once, at random. While they do, no
/// client may see a contradiction (<see cref="ChannelView"/>); when they have stopped, every count, every roster and every
/// client's own view must be the same (P-9, P-10, P-11, K-3, K-6, O-1, O-3).
/// </summary>
[Collection(UndisturbedTests.Name)]
public sealed class CrowdTests
{
    private const int Clients = 2000;
    private const int Workers = 20;
    private const int Rounds = 600;
    private const int Users = 150;

    private static readonly string[] Channels =
    [
        .. Enumerable.Range(0, 8).Select(static i => $"public-{i}"), .. Enumerable.Range(0, 8).Select(static i => $"private-{i}"),
        .. Enumerable.Range(0, 16).Select(static i => $"presence-{i}"), .. Enumerable.Range(0, 4).Select(static i => $"cache-{i}"),
        .. Enumerable.Range(0, 4).Select(static i => $"private-cache-{i}"), .. Enumerable.Range(0, 8).Select(static i => $"presence-cache-{i}"),
    ];

    // Number of the last event of each HTTP publisher on each channel.
    private readonly int[][] _published = [.. Enumerable.Range(0, Workers).Select(static _ => new int[Channels.Length])];
    private PusherHttp _http = null!;

    [Theory]
    [InlineData(20_260_401)]
    public async Task Counts_rosters_and_every_client_s_own_view_add_up(int seed)
    {
        await using var process = await SockudoProcess.StartAsync();
        var server = new ServerUnderTest(process.Address);
        _http = new PusherHttp(server, TestApp.Busy);
        var groups = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var group = new CrowdClient[Clients / Workers];
            for (var i = 0; i < group.Length; i++)
                group[i] = await CrowdClient.ConnectAsync(server);
            return group;
        }));

        await Task.WhenAll(groups.Select((group, worker) => ActAsync(server, group, worker, new Random(seed + worker))));
        var clients = groups.SelectMany(static group => group).ToList();
        await Task.WhenAll(clients.Select(static client => client.SettleAsync()));
        await ExpectCountsAsync(clients);

        // One more event on each channel, so that one lost at the very end would be missed, and then the same for all.
        for (var channel = 0; channel < Channels.Length; channel++)
            await PublishAsync(worker: 0, channel);
        await Task.WhenAll(clients.Select(static client => client.SettleAsync()));
        foreach (var client in clients)
            ExpectView(client, clients);
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
    }

    private async Task ActAsync(ServerUnderTest server, CrowdClient[] group, int worker, Random random)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var index = random.Next(group.Length);
            var client = group[index];
            var channel = random.Next(Channels.Length);
            var name = Channels[channel];
            switch (random.Next(20))
            {
                case 0:
                    await client.DisposeAsync();
                    group[index] = await CrowdClient.ConnectAsync(server);
                    break;
                case < 4:
                    await PublishAsync(worker, channel);
                    break;
                case < 8 when PublishableChannel(client, random) is { } target:
                    for (var i = random.Next(3); i >= 0; i--)
                        await client.PublishAsync(target);
                    break;
                default:
                    if (!client.Joined.ContainsKey(name))
                        await client.JoinAsync(name, UserFor(name, random));
                    else
                        await client.LeaveAsync(name);
                    break;
            }
        }
    }

    private static string? PublishableChannel(CrowdClient client, Random random)
    {
        var channels = client.Joined.Keys.Where(channel => channel.StartsWith('p') && !channel.StartsWith("public-", StringComparison.Ordinal) && client.HasJoined(channel)).ToList();
        return channels.Count == 0 ? null : channels[random.Next(channels.Count)];
    }

    private static string? UserFor(string channel, Random random) =>
        channel.StartsWith("presence-", StringComparison.Ordinal) ? $"user-{random.Next(Users).ToString(CultureInfo.InvariantCulture)}" : null;

    // Only this worker counts up its numbers, and each request is answered before the next one is made (O-1).
    private Task PublishAsync(int worker, int channel)
    {
        var number = ++_published[worker][channel];
        return _http.PublishAsync(Channels[channel], "n", string.Create(CultureInfo.InvariantCulture, $"http-{worker} {number}"));
    }

    // Connections that were cut off may take the server a moment to notice.
    private async Task ExpectCountsAsync(List<CrowdClient> clients)
    {
        using var patience = new CancellationTokenSource(RawWebSocket.Patience);
        foreach (var channel in Channels)
        {
            var expected = clients.Count(client => client.Joined.ContainsKey(channel));
            JsonNode described;
            do
            {
                Assert.False(patience.IsCancellationRequested, $"{channel} should have {expected} subscriptions");
                described = (await _http.GetAsync($"/channels/{channel}", ("info", "subscription_count"))).Expect(200).Json;
            }
            while ((int)described["subscription_count"]! != expected);

            Assert.Equal(expected > 0, (bool)described["occupied"]!);
            if (!channel.StartsWith("presence-", StringComparison.Ordinal))
                continue;
            var users = (await _http.GetAsync($"/channels/{channel}/users")).Expect(200).Json["users"]!.AsArray();
            Assert.Equal(UsersOf(channel, clients).Order(), users.Select(static user => (string)user!["id"]!).Order());
        }
    }

    private void ExpectView(CrowdClient client, List<CrowdClient> clients)
    {
        foreach (var channel in client.Joined.Keys)
        {
            Assert.True(client.HasJoined(channel), $"{channel} was never acknowledged");
            var view = client.View(channel);
            Assert.Equal(_published[0][Array.IndexOf(Channels, channel)], view.LastOf("http-0"));
            if (channel.StartsWith("presence-", StringComparison.Ordinal))
                Assert.Equal(UsersOf(channel, clients).Order(), view.Users.Order());
        }
    }

    private static HashSet<string> UsersOf(string channel, List<CrowdClient> clients) =>
        [.. clients.Where(client => client.Joined.ContainsKey(channel)).Select(client => client.Joined[channel]!)];
}
