using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Metrics;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Logging;

/// <summary>What is never logged and never in metrics (metrics.md 8), at whatever level.</summary>
public sealed class SilenceTests : IDisposable
{
    // Part of everything that must not be seen; the markers of what may be are different.
    private const string Hidden = "hidden7";

    private static readonly TestApp App = new("app");

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-silence-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("queue.driver=sqs", "queue.sqs.endpoint_url", "SQS http://127.0.0.1:1/path,")]
    [InlineData("app_manager.driver=dynamodb", "database.dynamodb.endpoint_url", "DynamoDB http://127.0.0.1:1/path,")]
    public async Task Of_an_endpoint_of_AWS_only_the_server_and_the_path_are_shown(string driver, string key, string shown)
    {
        await using var process = SockudoProcess.Run(
            ["--host", "127.0.0.1", "--port", "0", "--set", "metrics.enabled=false", "--set", driver, "--set", $"{key}=http://{Hidden}-user:{Hidden}-password@127.0.0.1:1/path?{Hidden}"],
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "id", ["AWS_SECRET_ACCESS_KEY"] = "key" });
        await process.ExpectOutputAsync(shown);
        Assert.DoesNotContain(process.Output, static line => line.Contains(Hidden, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_server_at_trace_tells_everything_but_secrets_and_payloads(string format)
    {
        await using var hooks = new WebhookReceiver
        {
            Answer = static (_, response) =>
            {
                response.StatusCode = 500;
                return Task.CompletedTask;
            },
        };
        var secret = $"{Hidden}-secret";
        var file = Path.Combine(_directory, "config.json");
        var app = new JsonObject
        {
            ["id"] = App.Id,
            ["key"] = App.Key,
            ["secret"] = App.Secret,
            ["previous_secret"] = $"{Hidden}-previous",
            ["enable_client_messages"] = true,
            ["webhooks"] = new JsonArray(new JsonObject
            {
                ["url"] = hooks.Url.Replace("http://", $"http://{Hidden}-user:{Hidden}-password@", StringComparison.Ordinal) + $"?token={Hidden}",
                ["event_types"] = new JsonArray("channel_occupied", "member_added", "client_event"),
                ["headers"] = new JsonObject { ["X-Token"] = $"{Hidden}-header" },
            }),
        };
        var config = new JsonObject { ["app_manager"] = new JsonObject { ["array"] = new JsonObject { ["apps"] = new JsonArray(app) } } };
        await File.WriteAllTextAsync(file, config.ToJsonString(), TestContext.Current.CancellationToken);
        await using var process = SockudoProcess.Run(
            ["--config", file, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.host=127.0.0.1", "--set", "metrics.port=0", "--set", "debug=true",
                "--set", "logging.level=trace", "--set", $"logging.format={format}", "--set", "webhooks.smoothing_ms=0", "--set", "webhooks.retry.max_age_s=1",
                "--set", "webhooks.retry.initial_delay_ms=100"],
            new Dictionary<string, string> { ["REDIS_URL"] = $"redis://u:{Hidden}@127.0.0.1:1", ["SSL_PASSPHRASE"] = $"{Hidden}-passphrase" });
        var started = await process.ExpectOutputAsync("is listening");
        var (address, metrics) = format == "json" ? AddressesIn(JsonNode.Parse(started)!) : AddressesIn(started);
        var server = new ServerUnderTest(address);

        await UseEverythingAsync(server, secret);
        hooks.Next();
        await process.ExpectOutputAsync("a webhook is given up");
        process.Signal(PosixSignal.SIGHUP);
        await process.ExpectOutputAsync("apps reloaded");
        var report = await Scrape.OfAsync(metrics);
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync());

        var all = string.Join('\n', process.Output);
        foreach (var text in new[] { Hidden, App.Secret, "auth_signature", "auth_key" })
            Assert.DoesNotContain(text, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, report.Text, StringComparison.Ordinal);
        // It has looked at all of it, and the ids by which a connection and a request are found are there.
        foreach (var text in new[]
        {
            "subscribed", "subscription refused", "signed in", "sign-in refused", "message received", "connection opened", "connection closed",
            "a webhook was not taken", "from-the-proxy",
        })
        {
            Assert.Contains(text, all, StringComparison.Ordinal);
        }

        if (format == "text")
            return;
        foreach (var line in process.Output)
        {
            var record = JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
            foreach (var name in new[] { "timestamp", "level", "target", "message", "node" })
                Assert.Equal(JsonValueKind.String, record[name]!.GetValueKind());
        }
    }

    private static async Task UseEverythingAsync(ServerUnderTest server, string payload)
    {
        await using var client = await PusherConnection.ConnectAsync(server, App);
        await client.SubscribeAsync("news");
        await client.JoinAsync("presence-room", "user-1", $$"""{"name":"{{payload}}"}""");
        await client.SignInAsync($$$"""{"id":"user-1","user_info":{"name":"{{{payload}}}"}}""");
        await client.SendAsync($$"""{"event":"pusher:subscribe","data":{"channel":"private-x","auth":"{{App.Key}}:{{Hidden}}"} }""");
        await client.SendAsync($$$"""{"event":"pusher:signin","data":{"auth":"{{{App.Key}}}:{{{Hidden}}}","user_data":"{\"id\":\"{{{Hidden}}}\"}"} }""");
        await client.SendClientEventAsync("client-typing", "presence-room", $"\"{payload}\"");
        await client.SendAsync($$"""{"event":"client-typing","channel":"news","data":"{{payload}}"}""");
        await client.SendAsync($"{{ {Hidden}");
        await using (var refused = await RawWebSocket.OpenAsync(server, $"/app/unknown?protocol=7&token={Hidden}"))
            await refused.NextFrameAsync();

        var http = new PusherHttp(server, App);
        await http.PublishAsync("news", "event", payload);
        (await http.PostAsync("/batch_events", $$"""{"batch":[{"name":"e","channel":"news","data":"{{payload}}"}]}""")).Expect(200);
        (await http.PostAsync("/events", $"{{ {Hidden}")).ExpectError(400);
        (await http.SendRawAsync("GET", $"{http.Path("/channels")}?auth_key={App.Key}&auth_signature={Hidden}", "", "X-Request-Id: from-the-proxy")).ExpectError(401);
        await http.PostAsync("/users/user-2/terminate_connections", "{}");
        await client.SendAsync("""{"event":"pusher:ping"}""");
        while (!(await client.NextTextAsync()).Contains("\"pusher:pong\"", StringComparison.Ordinal))
        {
        }
    }

    private static (Uri Server, Uri Metrics) AddressesIn(string line) =>
        (new Uri(line.Split("addresses=")[1].Split(' ')[0]), new Uri(line.Split("metrics=")[1].Split(' ')[0]));

    private static (Uri Server, Uri Metrics) AddressesIn(JsonNode record) => (new Uri((string)record["addresses"]!), new Uri((string)record["metrics"]!));
}
