using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Webhooks;

/// <summary>A whole server, and applications that are told what happens (protocol section 12, webhooks.md).</summary>
public sealed class WebhookTests : IAsyncDisposable
{
    private const string All = "\"channel_occupied\",\"channel_vacated\",\"member_added\",\"member_removed\",\"client_event\",\"cache_miss\",\"subscription_count\"";

    private static readonly TestApp App = new("hooked");

    private readonly WebhookReceiver _receiver = new();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task WH_Every_event_comes_signed_in_order_and_with_exactly_its_members()
    {
        await using var process = await StartAsync(All, "webhooks.smoothing_ms=200");
        var server = new ServerUnderTest(process.Address);
        await using (var connection = await PusherConnection.ConnectAsync(server, App))
        {
            await connection.JoinAsync("presence-a.x", "ann");
            await connection.SendClientEventAsync("client-\"é", "presence-a.x", """{"x":[1]}""");
            var socketId = connection.SocketId;
            Assert.Equal(
                [
                    """{"name":"channel_occupied","channel":"presence-a.x"}""",
                    """{"name":"member_added","channel":"presence-a.x","user_id":"ann"}""",
                    $$"""{"name":"client_event","channel":"presence-a.x","event":"client-\"é","data":"{\"x\":[1]}","socket_id":"{{socketId}}","user_id":"ann"}""",
                ],
                _receiver.Events(3, App.Secret));
            await connection.SubscribeAsync("cache-b");
            Assert.Equal(
                [
                    """{"name":"channel_occupied","channel":"cache-b"}""", """{"name":"subscription_count","channel":"cache-b","subscription_count":1}""",
                    """{"name":"cache_miss","channel":"cache-b"}""",
                ],
                _receiver.Events(3, App.Secret));
            await connection.UnsubscribeAsync("cache-b");
            await connection.UnsubscribeAsync("presence-a.x");
        }

        Assert.Equal(
            [
                """{"name":"subscription_count","channel":"cache-b","subscription_count":0}""", """{"name":"channel_vacated","channel":"cache-b"}""",
                """{"name":"member_removed","channel":"presence-a.x","user_id":"ann"}""", """{"name":"channel_vacated","channel":"presence-a.x"}""",
            ],
            _receiver.Events(4, App.Secret));
        _receiver.ExpectNothing(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task WH1_WH2_The_request_is_what_libraries_expect()
    {
        await using var process = await StartAsync("\"channel_occupied\"", [], more: ",\"headers\":{\"X-Token\":\"t 1\"}", userInfo: "us%40er:p%3A");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        var request = _receiver.Next().Verify(App.Secret);
        Assert.Equal(("POST", "/hook"), (request.Method, request.Path));
        Assert.Equal(("application/json", App.Key, "t 1"), (request.Headers["Content-Type"], request.Headers["X-Pusher-Key"], request.Headers["X-Token"]));
        Assert.StartsWith("Sockudo/", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("us@er:p:"u8), request.Headers["Authorization"]);
        var age = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (long)JsonNode.Parse(request.Body)!["time_ms"]!;
        Assert.InRange(age, -1000, 10_000);
        Assert.Equal($$"""{"time_ms":{{JsonNode.Parse(request.Body)!["time_ms"]}},"events":[{"name":"channel_occupied","channel":"a"}]}""", request.Body);
    }

    [Fact]
    public async Task WH6_Who_comes_back_in_time_has_never_been_away()
    {
        await using var process = await StartAsync(All, "webhooks.smoothing_ms=2000");
        var server = new ServerUnderTest(process.Address);
        for (var round = 0; round < 3; round++)
        {
            await using var connection = await PusherConnection.ConnectAsync(server, App);
            await connection.JoinAsync("presence-a", "ann");
        }

        Assert.Equal(2, _receiver.Events(2, App.Secret).Count);
        _receiver.ExpectNothing(TimeSpan.FromMilliseconds(500));
        Assert.Equal(
            ["""{"name":"member_removed","channel":"presence-a","user_id":"ann"}""", """{"name":"channel_vacated","channel":"presence-a"}"""], _receiver.Events(2, App.Secret));
    }

    [Fact]
    public async Task WH7_What_fails_comes_again_the_same_until_it_is_taken()
    {
        var attempts = 0;
        _receiver.Answer = async (_, response) =>
        {
            var attempt = Interlocked.Increment(ref attempts);
            response.StatusCode = attempt switch { 1 => 500, 2 => 302, 3 => 429, _ => 204 };
            if (attempt == 2)
                response.RedirectLocation = _receiver.Url + "/elsewhere";
            if (attempt == 3)
                response.AddHeader("Retry-After", "2");
            if (attempt != 4)
                return;
            // Closed in the middle of the answer.
            response.StatusCode = 200;
            response.ContentLength64 = 1000;
            await response.OutputStream.WriteAsync(new byte[10]);
            await response.OutputStream.FlushAsync();
            response.Abort();
        };
        await using var process = await StartAsync("\"channel_occupied\"", "webhooks.retry.initial_delay_ms=100");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        var first = _receiver.Next().Verify(App.Secret);
        for (var again = 0; again < 4; again++)
        {
            var request = _receiver.Next();
            Assert.Equal(("/hook", first.Body, first.Headers["X-Pusher-Signature"]), (request.Path, request.Body, request.Headers["X-Pusher-Signature"]));
        }

        _receiver.ExpectNothing(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_receiver_that_is_down_for_a_while_gets_everything_when_it_is_back()
    {
        _receiver.Close();
        await using var process = await StartAsync("\"channel_occupied\"", "webhooks.retry.initial_delay_ms=100", "webhooks.retry.max_delay_ms=1000", "webhooks.batching.enabled=false");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        for (var channel = 0; channel < 30; channel++)
            await connection.SubscribeAsync($"c-{channel}");
        await Task.Delay(1500);
        _receiver.Listen();
        var events = _receiver.Events(30, App.Secret).ToHashSet();
        for (var channel = 0; channel < 30; channel++)
            Assert.Contains($$"""{"name":"channel_occupied","channel":"c-{{channel}}"}""", events);
        _receiver.ExpectNothing(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_receiver_that_hangs_delays_nobody_else()
    {
        await using var other = new WebhookReceiver();
        await using var sibling = new WebhookReceiver();
        using var end = new CancellationTokenSource();
        _receiver.Answer = (_, _) => Task.Delay(Timeout.Infinite, end.Token);
        var hanging = $$"""{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{"url":"{{_receiver.Url}}","event_types":["channel_occupied"]},{"url":"{{sibling.Url}}","event_types":["channel_occupied"]}]}""";
        var healthy = $$"""{"id":"well","key":"well-Key","secret":"well-secret","webhooks":[{"url":"{{other.Url}}","event_types":["channel_occupied"]}]}""";
        await using var process = await SockudoProcess.StartAsync($"app_manager.array.apps=[{hanging},{healthy}]", "webhooks.batching.enabled=false", "webhooks.max_in_flight=3");
        var server = new ServerUnderTest(process.Address);
        await using var stuck = await PusherConnection.ConnectAsync(server, App);
        for (var channel = 0; channel < 200; channel++)
            await stuck.SubscribeAsync($"c-{channel}");
        await using var connection = await PusherConnection.ConnectAsync(server, new TestApp("well"));
        await connection.SubscribeAsync("a");
        Assert.Equal(["""{"name":"channel_occupied","channel":"a"}"""], other.Events(1, "well-secret"));
        Assert.Equal(200, sibling.Events(200, App.Secret).Distinct().Count());
        // Not more than it may have at once.
        Assert.InRange(_receiver.Count, 1, 3);
        await end.CancelAsync();
    }

    [Fact]
    public async Task Each_entry_has_its_own_filter_and_signature()
    {
        await using var other = new WebhookReceiver();
        var more = $$"""},{"url":"{{other.Url}}","event_types":["channel_occupied","subscription_count"],"filter":{"channel_prefix":"b","channel_suffix":"z","channel_pattern":"-\\d+-"}""";
        await using var process = await StartAsync("\"channel_occupied\"", [], more);
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        foreach (var channel in new[] { "a-1-z", "b-x-z", "b-12-z", "b-12-y" })
            await connection.SubscribeAsync(channel);
        Assert.Equal(4, _receiver.Events(4, App.Secret).Count);
        Assert.Equal(
            ["""{"name":"channel_occupied","channel":"b-12-z"}""", """{"name":"subscription_count","channel":"b-12-z","subscription_count":1}"""], other.Events(2, App.Secret));
    }

    [Fact]
    public async Task A_graceful_stop_sends_what_it_causes_and_what_waits()
    {
        await using var process = await StartAsync(All);
        var server = new ServerUnderTest(process.Address);
        await using var connection = await PusherConnection.ConnectAsync(server, App);
        await connection.JoinAsync("presence-a", "ann");
        Assert.Equal(2, _receiver.Events(2, App.Secret).Count);
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(
            ["""{"name":"member_removed","channel":"presence-a","user_id":"ann"}""", """{"name":"channel_vacated","channel":"presence-a"}"""], _receiver.Events(2, App.Secret));
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.DoesNotContain(process.Output, static line => line.Contains("are lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_sent_before_the_end_is_said()
    {
        _receiver.Close();
        await using var process = await StartAsync("\"channel_occupied\"", "shutdown_grace_period=2");
        await using (var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App))
            await connection.SubscribeAsync("a");
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains(process.Output, static line => line.Contains("webhook jobs are lost because the server stops  app=hooked jobs=1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_given_up_is_told_once_and_counted()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using var process = await StartAsync("\"channel_occupied\"", "webhooks.retry.enabled=false", "metrics.enabled=true", "metrics.port=0", "metrics.host=127.0.0.1");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        var line = await process.ExpectOutputAsync("a webhook is given up");
        Assert.Contains("app=hooked", line, StringComparison.Ordinal);
        Assert.Contains("events=channel_occupied attempts=1 last_status=503", line, StringComparison.Ordinal);
        var metrics = (await process.ExpectOutputAsync("metrics=http")).Split("metrics=")[1].Split(' ')[0];
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri(metrics + "/metrics"));
        Assert.Matches("sockudo_webhook_attempts_total\\{app_id=\"hooked\",target=\"http\",outcome=\"failure\"[^}]*\\} 1", text);
        Assert.Matches("sockudo_webhook_jobs_total\\{app_id=\"hooked\",outcome=\"dead\"[^}]*\\} 1", text);
        Assert.Matches("sockudo_webhook_duration_seconds_count\\{target=\"http\"[^}]*\\} 1", text);
        Assert.Matches("sockudo_queue_depth\\{state=\"dead\"[^}]*\\} 1", text);
        Assert.Contains("sockudo_queue_oldest_job_age_seconds", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[::ffff:169.254.1.1]:1/")]
    [InlineData("http://[fe80::1]/")]
    public async Task The_network_of_the_machine_itself_is_out_of_reach(string url)
    {
        var app = $$"""[{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{"url":"{{url}}","event_types":["channel_occupied"]}]}]""";
        await using var process = await SockudoProcess.StartAsync($"app_manager.array.apps={app}", "webhooks.retry.enabled=false");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        Assert.Contains("link-local", await process.ExpectOutputAsync("a webhook is given up"), StringComparison.Ordinal);
    }

    private Task<SockudoProcess> StartAsync(string eventTypes, params string[] options) => StartAsync(eventTypes, options, more: "");

    private Task<SockudoProcess> StartAsync(string eventTypes, string[] options, string more, string? userInfo = null)
    {
        var url = userInfo is null ? _receiver.Url : _receiver.Url.Replace("http://", $"http://{userInfo}@", StringComparison.Ordinal);
        var app = $$"""
            [{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","enable_client_messages":true,"webhooks":[{"url":"{{url}}","event_types":[{{eventTypes}}]{{more}}}]}]
            """.Trim();
        return SockudoProcess.StartAsync([$"app_manager.array.apps={app}", .. options]);
    }
}
