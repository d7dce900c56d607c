using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 11.2: subscription counts.</summary>
public abstract class CountSpec(ServerUnderTest server)
{
    [Theory]
    [InlineData("public-")]
    [InlineData("private-")]
    public async Task SC1_Everybody_hears_of_the_number_of_connections(string prefix)
    {
        var channel = ServerUnderTest.Unique(prefix);
        await using var first = await PusherConnection.ConnectAsync(server, TestApp.Counting);
        await first.SubscribeAsync(channel);
        await first.ExpectAsync(Count(channel, 1));
        var second = await PusherConnection.ConnectAsync(server, TestApp.Counting);
        await second.SubscribeAsync(channel);
        await second.ExpectAsync(Count(channel, 2));
        await first.ExpectAsync(Count(channel, 2));
        await second.UnsubscribeAsync(channel);
        await first.ExpectAsync(Count(channel, 1));
        await second.ExpectNothingAsync();
        await second.DisposeAsync();
        await first.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("presence-")]
    [InlineData("private-encrypted-")]
    public async Task SC3_E5_Never_on_presence_or_encrypted_channels(string prefix)
    {
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Counting);
        await connection.SubscribeAsync(ServerUnderTest.Unique(prefix), prefix == "presence-" ? PusherConnection.Member("a") : null);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task SC2_Above_100_connections_counts_are_throttled_and_the_last_one_arrives()
    {
        var channel = ServerUnderTest.Unique("crowd-");
        var connections = await Task.WhenAll(Enumerable.Range(0, 130).Select(_ => PusherConnection.ConnectAsync(server, TestApp.Counting)));
        await Task.WhenAll(connections.Select(connection => connection.SubscribeAsync(channel)));

        // Whatever the first one hears: at most one count above 100 before the last, which comes within 5 s and a little.
        var above = new List<int>();
        while (above.LastOrDefault() != 130)
        {
            var data = JsonNode.Parse((string)(await connections[0].NextAsync())["data"]!)!;
            if ((int)data["subscription_count"]! is var count and > 100)
                above.Add(count);
        }

        Assert.InRange(above.Count, 1, 3);
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    private static string Count(string channel, int count) =>
        $$"""{"event":"pusher_internal:subscription_count","data":"{\"subscription_count\":{{count}}}","channel":"{{channel}}"}""";
}
