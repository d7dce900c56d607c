using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests.Redis;

/// <summary>A whole server whose cached events are in Redis (storage.md 3).</summary>
public sealed class SharedCacheTests
{
    private static readonly TestApp App = TestApp.Plain;

    [Theory]
    [InlineData("local")]
    [InlineData("redis")]
    public async Task The_last_event_survives_a_restart_of_the_server(string adapter)
    {
        await using var redis = await RedisServer.StartAsync();
        string[] options = ["cache.driver=redis", $"adapter.driver={adapter}", $"database.redis.port={redis.Port}"];
        await using (var process = await SockudoProcess.StartAsync(options))
            await new PusherHttp(new ServerUnderTest(process.Address), App).PublishAsync("cache-a", "e", "kept");
        await using (var process = await SockudoProcess.StartAsync(options))
        {
            await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
            await connection.SubscribeAsync("cache-a");
            await connection.ExpectAsync("""{"event":"e","data":"kept","channel":"cache-a"}""");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_Redis_nothing_fails_but_the_replay(bool isKilled)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = await SockudoProcess.StartAsync("cache.driver=redis", $"database.redis.port={redis.Port}", "database.redis.command_timeout_ms=1000");
        var server = new ServerUnderTest(process.Address);
        var http = new PusherHttp(server, App);
        await using var early = await PusherConnection.ConnectAsync(server, App);
        await early.SubscribeAsync("cache-a");
        await early.NextAsync();
        await http.PublishAsync("cache-a", "e", "1");
        await early.NextAsync();

        if (isKilled)
            await redis.KillAsync();
        else
            redis.Suspend();
        await http.PublishAsync("cache-a", "e", "2");
        await early.ExpectAsync("""{"event":"e","data":"2","channel":"cache-a"}""");
        await using var late = await PusherConnection.ConnectAsync(server, App);
        await late.SubscribeAsync("cache-a");
        await late.ExpectAsync("""{"event":"pusher:cache_miss","data":"{}","channel":"cache-a"}""");
        (await http.GetAsync("/channels/cache-a", ("info", "cache"))).ExpectError(503);
        (await http.GetAsync("/channels/cache-a")).Expect(200);
        Assert.Equal("DEGRADED", (await http.SendRawAsync("GET", "/up")).Expect(200).Headers["x-health-check"]);

        if (isKilled)
            await redis.StartAgainAsync();
        else
            redis.Resume();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await http.SendRawAsync("GET", "/up")).Headers["x-health-check"] != "OK")
            await Task.Delay(50, patience.Token);
        await http.PublishAsync("cache-a", "e", "3");
        await using var last = await PusherConnection.ConnectAsync(server, App);
        await last.SubscribeAsync("cache-a");
        await last.ExpectAsync("""{"event":"e","data":"3","channel":"cache-a"}""");
        Assert.Single(process.Output, static line => line.Contains("backend lost", StringComparison.Ordinal) && line.Contains("component=cache", StringComparison.Ordinal));
    }
}
