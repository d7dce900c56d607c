using System.Globalization;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A broker that is not there, and messages on it that are none of ours.</summary>
public sealed class BadInputTests
{
    private const string Secret = "s3cret-of-the-broker";

    [Theory]
    [InlineData("redis")]
    [InlineData("redis-cluster")]
    [InlineData("nats")]
    public async Task A_broker_that_is_not_there_ends_the_start_with_its_address_and_the_keys(string driver)
    {
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        await using var server = SockudoProcess.Run(
        [
            "--set", $"adapter.driver={driver}", "--set", $"database.redis.url=redis://user:{Secret}@127.0.0.1:{port}",
            "--set", $"adapter.nats.servers=nats://user:{Secret}@127.0.0.1:{port}", "--set", "startup_timeout=5", "--port", "0", "--set", "metrics.enabled=false",
        ]);
        Assert.Equal(1, await server.WaitForExitAsync());
        var error = Assert.Single(server.Errors, static line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith("error: adapter: ", error, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}", error, StringComparison.Ordinal);
        Assert.Contains(driver == "nats" ? "adapter.nats" : "database.redis", error, StringComparison.Ordinal);
        // It was tried more than once, and nothing tells the password.
        Assert.Contains(server.Output, static line => line.Contains("trying again", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Output, static line => line.Contains(Secret, StringComparison.Ordinal) || line.Contains("is listening", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_comes_late_is_waited_for_and_a_wrong_password_is_not()
    {
        await using var broker = await RedisServer.StartAsync($"requirepass {Secret}");
        string[] options = [.. RedisBroker.OptionsFor(broker.Port), "startup_timeout=30"];
        await using var wrong = SockudoProcess.Run([.. options.SelectMany(static option => new[] { "--set", option }), "--set", "database.redis.password=other", "--port", "0"]);
        Assert.Equal(1, await wrong.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20)));

        await broker.KillAsync();
        var starting = SockudoProcess.StartAsync([.. options, $"database.redis.password={Secret}"]);
        await Task.Delay(1500);
        Assert.False(starting.IsCompleted);
        await broker.StartAgainAsync();
        await using var server = await starting;
    }

    [Fact]
    public async Task Foreign_truncated_and_unknown_messages_and_a_flood_of_them_are_counted_and_ignored()
    {
        await using var broker = await RedisServer.StartAsync();
        string[] options = [.. RedisBroker.OptionsFor(broker.Port), "rate_limiter.enabled=false"];
        await using var first = await SockudoProcess.StartAsync([.. options, "metrics.enabled=true", "metrics.port=0", "metrics.host=127.0.0.1"]);
        await using var second = await SockudoProcess.StartAsync(options);
        var server = new ServerUnderTest(first.Address) { Others = [second.Address] };
        await using var ann = await PusherConnection.ConnectAsync(new ServerUnderTest(second.Address), TestApp.Busy);
        await ann.JoinAsync("presence-a", "ann");
        await using var bob = await PusherConnection.ConnectAsync(new ServerUnderTest(first.Address), TestApp.Busy);
        await bob.JoinAsync("presence-a", "bob");

        const string Flood = "for i = 1, 20000 do redis.call('publish', KEYS[1], ARGV[1]) end";
        string[] messages =
        [
            "{\"event\":\"of another program\"}", "", "S", "Sk\u0009 of another version that has some more bytes",
            "Sk\u0001\u0001 a heartbeat that is cut", "Sk\u0001\u0002        12345678", "Sk\u0001\u0005 an event of nobody for a channel", "Sk\u0001\u0063 a kind that nobody knows",
        ];
        foreach (var topic in new[] { "dir", "cache", "ch:busy:presence-a" })
        {
            foreach (var message in messages)
                await broker.CallAsync("publish", $"sockudo:adapter:{topic}", message);
            await broker.CallAsync("eval", Flood, "1", $"sockudo:adapter:{topic}", "junk");
        }

        // Everything goes on.
        await new PusherHttp(server, TestApp.Busy).PublishAsync("presence-a", "e", "still here");
        foreach (var client in new[] { ann, bob })
        {
            string text;
            do
            {
                text = await client.NextTextAsync();
            }
            while (text.Contains("member_added", StringComparison.Ordinal));
            Assert.Contains("still here", text, StringComparison.Ordinal);
        }

        var metrics = await MetricsAsync(first);
        Assert.True(Value(metrics, "sockudo_cluster_gaps_total{") > 60_000);
        Assert.Equal(2, Value(metrics, "sockudo_cluster_nodes{"));
        Assert.Equal(0, Value(metrics, "sockudo_cluster_isolated{"));
        Assert.Equal(1, Value(metrics, "sockudo_backend_up{component=\"adapter\",driver=\"redis\""));
        foreach (var family in new[]
        {
            "sockudo_horizontal_adapter_sent_requests{", "sockudo_horizontal_adapter_received_requests{", "sockudo_horizontal_adapter_received_responses{",
            "sockudo_horizontal_adapter_resolved_promises{", "sockudo_horizontal_adapter_resolve_time_count{",
            "sockudo_cluster_messages_sent_total{kind=\"heartbeat\"", "sockudo_cluster_messages_received_total{kind=\"state\"",
            "sockudo_cluster_messages_received_total{kind=\"event\"", "sockudo_cluster_bytes_sent_total{kind=\"heartbeat\"",
        })
        {
            Assert.True(Value(metrics, family) > 0, family);
        }

        Assert.Equal(0, Value(metrics, "sockudo_horizontal_adapter_uncomplete_promises{"));
        // Said once for each version, not for each message.
        Assert.Equal(2, first.Output.Count(static line => line.Contains("is not understood", StringComparison.Ordinal)));
    }

    private static async Task<string> MetricsAsync(SockudoProcess server)
    {
        var line = await server.ExpectOutputAsync(" metrics=http");
        var address = line.Split(" metrics=")[1].Split(' ')[0];
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(new Uri(address), "/metrics"));
    }

    private static double Value(string metrics, string start)
    {
        var line = metrics.Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }
}
