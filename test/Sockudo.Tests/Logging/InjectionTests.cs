using System.Text.RegularExpressions;
using Sockudo.Specification;
using Sockudo.Tests.Metrics;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Logging;

/// <summary>What strangers write never becomes a line of the log, a command of the terminal, or a series of the metrics.</summary>
public sealed partial class InjectionTests
{
    [Fact]
    public async Task Strangers_write_no_lines_and_make_no_series()
    {
        await using var process = await SockudoProcess.StartAsync(
            "logging.level=trace", "debug=true", "metrics.enabled=true", "metrics.host=127.0.0.1", "metrics.port=0", "rate_limiter.api_rate_limit.trust_hops=1",
            "rate_limiter.enabled=true", "rate_limiter.api_rate_limit.max_requests=1000", "rate_limiter.websocket_rate_limit.trust_hops=1",
            "rate_limiter.websocket_rate_limit.max_requests=1000");
        var server = new ServerUnderTest(process.Address);
        var http = new PusherHttp(server, TestApp.Plain);
        const string Line = "%0D%0A2026-01-01T00:00:00.000Z%20ERROR%20forged%1B%5B2J";
        for (var i = 0; i < 20; i++)
        {
            await using (var refused = await RawWebSocket.OpenAsync(server, $"/app/forged{i}{Line}?protocol=7&client=forged{Line}", $"X-Forwarded-For: forged{i}"))
                await refused.NextFrameAsync();
            (await http.SendRawAsync("GET", $"/apps/forged{i}{Line}/channels")).ExpectError(404);
            (await http.SendRawAsync("GET", $"/up/forged{i}{Line}")).Expect(404);
            (await http.SendRawAsync("GET", $"/forged{i}{Line}")).Expect(404);
        }

        (await http.SendRawAsync("GET", http.Path("/channels/a"), "", "X-Request-Id: a\tb\u0080forged", "traceparent: forged", "User-Agent: forged\u009B2J")).Expect(401);
        (await http.GetAsync($"/channels/a{Line}")).ExpectError(400);
        await using (var client = await PusherConnection.ConnectAsync(server, TestApp.Chatty))
        {
            foreach (var text in new[] { "\\r\\n2026-01-01T00:00:00.000Z ERROR forged", "\\u001b[2Jforged", "\\u0085forged", "\\u2028forged", "\\u202eforged" })
            {
                await client.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"a{{{text}}}"}}""");
                await client.ExpectErrorAsync(null);
                await client.NextAsync();
                await client.SendAsync($$$"""{"event":"forged{{{text}}}","data":{}}""");
                await client.ExpectErrorAsync(null);
            }

            await client.SignInAsync("""{"id":"a\u2028forged"}""");
            await client.JoinAsync("presence-a", "\\u2028forged\\u202e");
        }

        var metrics = new Uri((await process.ExpectOutputAsync("metrics=http")).Split("metrics=")[1].Split(' ')[0]);
        var report = await Scrape.OfAsync(metrics);
        Assert.DoesNotContain("forged", report.Text, StringComparison.Ordinal);
        await process.ExpectOutputAsync("forged");
        foreach (var line in process.Output)
        {
            Assert.Matches(LineStart(), line);
            Assert.DoesNotContain(line, static c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E');
        }
    }

    [GeneratedRegex(@"^(?!2026-01-01)\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ +\S+  ")]
    private static partial Regex LineStart();
}
