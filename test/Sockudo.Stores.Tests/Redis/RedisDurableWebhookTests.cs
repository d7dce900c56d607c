using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests.Redis;

/// <summary>With Redis, where other nodes take over what a dead one had.</summary>
public sealed class RedisDurableWebhookTests : KeptDeadLettersSpec
{
    private RedisServer _redis = null!;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Three_nodes_tell_of_each_change_once_also_when_one_of_them_is_killed()
    {
        const int Members = 60;
        await using var receiver = new WebhookReceiver();
        var app = new TestApp("hooked");
        var entry = $$"""[{"id":"{{app.Id}}","key":"{{app.Key}}","secret":"{{app.Secret}}","webhooks":[{"url":"{{receiver.Url}}","event_types":["channel_occupied","channel_vacated","member_added","member_removed"]}]}]""";
        string[] options = [.. await GetOptionsAsync(), $"app_manager.array.apps={entry}", "adapter.driver=redis", "webhooks.smoothing_ms=500"];
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SockudoProcess.StartAsync(options)));
        var connections = new List<PusherConnection>();
        for (var member = 0; member < Members; member++)
        {
            var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(nodes[member % 3].Address), app);
            connections.Add(connection);
            await connection.JoinAsync($"presence-{member}", $"user-{member}");
        }

        var seen = receiver.Events(2 * Members, app.Secret).ToList();
        // What it has told is known to be told when it has been heard afterwards; else some of it would be told again.
        await Task.Delay(1500);
        // Those of the node die with it: its members leave, whichever node had to tell of that.
        await nodes[0].DisposeAsync();
        seen.AddRange(receiver.Events(2 * Members / 3, app.Secret));
        for (var member = 0; member < Members; member++)
        {
            Assert.Contains($$"""{"name":"channel_occupied","channel":"presence-{{member}}"}""", seen);
            Assert.Contains($$"""{"name":"member_added","channel":"presence-{{member}}","user_id":"user-{{member}}"}""", seen);
            Assert.Equal(member % 3 == 0, seen.Contains($$"""{"name":"member_removed","channel":"presence-{{member}}","user_id":"user-{{member}}"}"""));
            Assert.Equal(member % 3 == 0, seen.Contains($$"""{"name":"channel_vacated","channel":"presence-{{member}}"}"""));
        }

        Assert.Equal(seen.Distinct(), seen);
        receiver.ExpectNothing(TimeSpan.FromSeconds(1));
        foreach (var node in nodes.Skip(1))
            await node.DisposeAsync();
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task K8_An_empty_cache_channel_is_told_of_once_whichever_nodes_see_it()
    {
        await using var receiver = new WebhookReceiver();
        var app = new TestApp("hooked");
        var entry = $$"""[{"id":"{{app.Id}}","key":"{{app.Key}}","secret":"{{app.Secret}}","webhooks":[{"url":"{{receiver.Url}}","event_types":["cache_miss"]}]}]""";
        string[] options = [.. await GetOptionsAsync(), $"app_manager.array.apps={entry}", "adapter.driver=redis", "cache.driver=redis", "webhooks.cache_miss_window_ms=60000"];
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SockudoProcess.StartAsync(options)));
        // Until all are owners.
        await Task.Delay(2000);
        var connections = await Task.WhenAll(nodes.SelectMany(static node => new[] { node, node }).Select(node => PusherConnection.ConnectAsync(new ServerUnderTest(node.Address), app)));
        foreach (var connection in connections)
        {
            for (var channel = 0; channel < 10; channel++)
                await connection.RequestAsync($"cache-{channel}");
        }

        var events = receiver.Events(10, app.Secret);
        Assert.Equal(10, events.Distinct().Count());
        receiver.ExpectNothing(TimeSpan.FromSeconds(1));
        foreach (var connection in connections)
            await connection.DisposeAsync();
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    protected override async Task<string[]> GetOptionsAsync()
    {
        _redis ??= await RedisServer.StartAsync();
        return ["queue.driver=redis", $"database.redis.port={_redis.Port}", "webhooks.request_timeout_ms=1000", "queue.redis.lease_ms=6000"];
    }
}
