using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>Webhooks, as they are shown to people, and what people can do about those that were given up.</summary>
public sealed class AdminWebhookTests : IAsyncDisposable
{
    private static readonly TestApp App = new("hooked");

    private readonly WebhookReceiver _receiver = new();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Theory]
    [InlineData("memory", "")]
    [InlineData("sqlite", "hooked")]
    public async Task What_was_given_up_can_be_seen_sent_again_and_forgotten(string queue, string shown)
    {
        var status = 503;
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = Volatile.Read(ref status);
            return Task.CompletedTask;
        };
        var directory = Directory.CreateTempSubdirectory("sockudo-dashboard-");
        try
        {
            await using var process = await StartAsync(
                $"queue.driver={queue}", $"database.sqlite.path={Path.Combine(directory.FullName, "queue.db")}", $"dashboard.show_payloads={(shown.Length == 0 ? "[]" : shown)}");
            using var admin = AdminClient.Script(await AdminClient.AddressOfAsync(process));
            await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
            await connection.SubscribeAsync("a");
            await process.ExpectOutputAsync("a webhook is given up");
            _receiver.Next();

            var letter = Assert.Single((await admin.GetAsync("webhooks/dead-letters"))["dead_letters"]!.AsArray())!;
            Assert.Equal(("hooked", "channel_occupied a", 1, 503), ((string?)letter["app"], (string?)letter["events"]![0], (int)letter["attempts"]!, (int)letter["last_status"]!));
            if (shown.Length == 0)
                Assert.Null(letter["body"]);
            else
                Assert.Contains("\"name\":\"channel_occupied\"", (string?)letter["body"], StringComparison.Ordinal);
            var webhooks = await admin.GetAsync("webhooks");
            var delivery = webhooks["deliveries"]![0]!;
            Assert.Equal(("given_up", 503, "channel_occupied"), ((string?)delivery["result"], (int)delivery["status"]!, (string?)delivery["events"]![0]));
            Assert.Equal((0, 1, 1), ((int)webhooks["totals"]!["delivered"]!, (int)webhooks["totals"]!["given_up"]!, (int)webhooks["totals"]!["failed_attempts"]!));
            // Neither the user info of the target's URL nor its header.
            Assert.Equal(new Uri(_receiver.Url).Authority, (string?)delivery["target"]);
            Assert.Equal(new Uri(_receiver.Url).Authority, (string?)letter["target"]);
            foreach (var path in new[] { "webhooks", "webhooks/dead-letters", "apps", "apps/hooked" })
                Assert.DoesNotContain("hunter2", (await admin.GetAsync(path)).ToJsonString(), StringComparison.Ordinal);

            Volatile.Write(ref status, 200);
            await admin.ExpectAsync(404, "POST", "api/v1/webhooks/dead-letters/none/retry");
            Assert.Equal(1, (int)(await admin.PostAsync($"webhooks/dead-letters/{letter["id"]}/retry"))["count"]!);
            _receiver.Next().Verify(App.Secret);
            Assert.Empty((await admin.GetAsync("webhooks/dead-letters"))["dead_letters"]!.AsArray());

            Volatile.Write(ref status, 500);
            await connection.SubscribeAsync("b");
            await connection.SubscribeAsync("c");
            while ((await admin.GetAsync("webhooks/dead-letters"))["dead_letters"]!.AsArray().Count < 2)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            Assert.True((bool)(await admin.GetAsync("webhooks/dead-letters?limit=1"))["has_more"]!);
            Assert.Equal(2, (int)JsonNode.Parse(await admin.ExpectAsync(200, "DELETE", "api/v1/webhooks/dead-letters"))!["count"]!);
            await admin.ExpectAsync(404, "DELETE", "api/v1/webhooks/dead-letters/none");
            Assert.Equal(0, (int)(await admin.PostAsync("webhooks/dead-letters/retry"))["count"]!);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private Task<SockudoProcess> StartAsync(params string[] options)
    {
        var url = _receiver.Url.Replace("http://", "http://user:hunter2@", StringComparison.Ordinal);
        var app = $$"""
            [{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{"url":"{{url}}","event_types":["channel_occupied"],"headers":{"X-Token":"hunter2"} }]}]
            """.Trim();
        return SockudoProcess.StartAsync([
            $"app_manager.array.apps={app}", "webhooks.retry.enabled=false", "webhooks.batching.enabled=false", "dashboard.enabled=true", "dashboard.port=0",
            $"dashboard.token={AdminClient.Token}", .. options]);
    }
}
