using System.Text.Json.Nodes;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>What the dashboard of one node tells of the others.</summary>
public sealed class InMemoryDashboardTests(InMemoryNodes fixture) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(fixture.Dashboard, "/api/v1/") };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task What_other_nodes_have_is_counted_and_only_own_connections_are_listed()
    {
        var second = fixture.Server with { Address = fixture.Server.Others[0], Others = [] };
        var channel = ServerUnderTest.Unique("presence-");
        await using var here = await PusherConnection.ConnectAsync(fixture.Single, TestApp.Busy);
        await using var there = await PusherConnection.ConnectAsync(second, TestApp.Busy);
        await here.JoinAsync(channel, "ann");
        await there.JoinAsync(channel, "bob");
        await here.NextTextAsync(); // bob has come.

        JsonNode described;
        do
        {
            described = await GetAsync($"apps/busy/channels/{channel}");
        }
        while ((int)described["subscriptions"]!["cluster"]! < 2);
        Assert.Equal((1, 2, 2), ((int)described["subscriptions"]!["here"]!, (int)described["subscriptions"]!["cluster"]!, (int)described["users"]!));
        var members = (await GetAsync($"apps/busy/channels/{channel}/members"))["members"]!.AsArray();
        Assert.Equal(["ann 1 0", "bob 0 1"], members.Select(static one => $"{one!["user_id"]} {one["connections_here"]} {one["other_nodes"]}"));

        var listed = (await GetAsync("apps/busy/connections?limit=500"))["connections"]!.AsArray().Select(static one => (string)one!["socket_id"]!).ToList();
        Assert.Contains(here.SocketId, listed);
        Assert.DoesNotContain(there.SocketId, listed);

        var cluster = await GetAsync("cluster");
        Assert.Equal(["node-0 True", "node-1 False", "node-2 False"], cluster["peers"]!.AsArray().Select(static one => $"{one!["name"]} {(bool)one["is_self"]!}"));
        Assert.All(cluster["peers"]!.AsArray(), static one => Assert.True((bool)one!["is_synchronised"]!));
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
