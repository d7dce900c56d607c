using System.Text.Json.Nodes;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Metrics;

/// <summary>A crowd that does everything that can be done to a server, as a seed says, and knows what it has done.</summary>
internal sealed class Churn(ServerUnderTest server, Random random)
{
    /// <summary>Part of all names of channels, users and events.</summary>
    public const string Marker = "zebra";

    private static readonly string[] Channels =
    [
        "zebra", "private-zebra", "private-encrypted-zebra", "presence-zebra", "cache-zebra", "private-cache-zebra", "private-encrypted-cache-zebra",
        "presence-cache-zebra",
    ];

    private readonly List<PusherConnection> _open = [];
    private readonly Dictionary<(string Family, string App, string Label), int> _expected = [];
    private int _names;

    /// <summary>The apps that it uses.</summary>
    public static IReadOnlyList<TestApp> Apps { get; } = [TestApp.Plain, TestApp.Chatty, TestApp.Busy, TestApp.Quota];

    public int OpenOf(TestApp app) => _open.Count(connection => connection.App == app);

    public async Task RunAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            switch (random.Next(12))
            {
                case < 3 when _open.Count < 40:
                    await ConnectAsync(Pick(Apps));
                    break;
                case < 7 when _open.Count > 0:
                    await SubscribeAsync(Pick(_open));
                    break;
                case 7:
                    await PublishAsync(Pick(Apps));
                    break;
                case 8 when _open.Count > 0:
                    // Client events, most of them refused.
                    await Pick(_open).SendClientEventAsync($"client-{Marker}", "private-zebra", "{}");
                    break;
                case 9:
                    await RefusedAsync();
                    break;
                case 10 when _open.Count > 20:
                    await LeaveAsync(Pick(_open), isAbrupt: random.Next(2) == 0);
                    break;
                default:
                    await AskAsync();
                    break;
            }
        }

        foreach (var connection in _open)
            await PongAsync(connection);
    }

    /// <summary>Everybody goes, half of them without a word.</summary>
    public async Task EndAsync()
    {
        while (_open.Count > 0)
            await LeaveAsync(_open[^1], isAbrupt: _open.Count % 2 == 0);
    }

    /// <summary>The server has counted what was done.</summary>
    public void Check(Scrape scrape)
    {
        foreach (var ((family, app, label), count) in _expected)
        {
            var actual = label.Split('=') is [var name, var value] ? scrape.Sum(family, ("app_id", app), (name, value)) : scrape.Sum(family, ("app_id", app));
            Assert.True(count == actual, $"{family} of \"{app}\" with {label}: expected {count}, got {actual}");
        }

        foreach (var app in Apps)
        {
            Assert.Equal(scrape.Sum("sockudo_new_connections_total", ("app_id", app.Id)), scrape.Sum("sockudo_new_disconnections_total", ("app_id", app.Id)));
            Assert.NotEqual(0, scrape.Sum("sockudo_ws_messages_sent_total", ("app_id", app.Id)));
        }
    }

    private async Task ConnectAsync(TestApp app)
    {
        var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(app));
        await socket.DisposeAsync();
        // The one above left before its greeting was read; it has been established all the same, or refused by the quota.
        if (app == TestApp.Quota)
            return;
        Expect("sockudo_new_connections_total", app.Id, "", 2);
        _open.Add(await PusherConnection.ConnectAsync(server, app));
    }

    private async Task SubscribeAsync(PusherConnection connection)
    {
        switch (random.Next(6))
        {
            case 0:
                await connection.UnsubscribeAsync(Pick(Channels));
                break;
            case 1:
                await connection.RequestSignInAsync($$"""{"id":"{{Marker}}-{{random.Next(5)}}"}""");
                break;
            case 2:
                await connection.SendAsync($$"""{"event":"pusher:subscribe","data":{"channel":"private-{{Marker}}-{{_names++}}","auth":"{{connection.App.Key}}:beef"} }""");
                Expect("sockudo_subscription_errors_total", connection.App.Id, "reason=auth", 1);
                break;
            case 3:
                await connection.SendAsync($$"""{"event":"pusher:subscribe","data":{"channel":"{{Marker}} {{_names++}}"} }""");
                Expect("sockudo_subscription_errors_total", connection.App.Id, "reason=invalid_channel", 1);
                break;
            default:
                var channel = Pick(Channels);
                await connection.RequestAsync(
                    channel, channel.StartsWith("presence-", StringComparison.Ordinal) ? PusherConnection.Member($"{Marker}-{random.Next(5)}") : null);
                break;
        }
    }

    private async Task PublishAsync(TestApp app)
    {
        var channels = Channels.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Where(static channel => !channel.Contains("encrypted", StringComparison.Ordinal)).ToList();
        if (channels.Count == 0)
            return;
        var body = new JsonObject { ["name"] = Marker, ["data"] = "{}", ["channels"] = new JsonArray([.. channels.Select(static channel => JsonValue.Create(channel))]) };
        (await new PusherHttp(server, app).PostAsync("/events", body.ToJsonString())).Expect(200);
        Expect("sockudo_events_published_total", app.Id, "source=http", channels.Count);
        Expect("sockudo_http_calls_received_total", app.Id, "", 1);
    }

    private async Task RefusedAsync()
    {
        var (path, app, type) = random.Next(4) switch
        {
            0 => ($"{server.Prefix}/app/{Marker}-{_names++}?protocol=7", "", "app_not_found"),
            1 => (server.WebSocketPath(TestApp.Disabled), TestApp.Disabled.Id, "app_disabled"),
            2 => ($"{server.Prefix}/app/{TestApp.Plain.Key}?protocol=3", "", "protocol_version"),
            _ => (server.WebSocketPath(TestApp.Tls), TestApp.Tls.Id, "tls_required"),
        };
        await using var socket = await RawWebSocket.OpenAsync(server, path);
        await socket.NextFrameAsync();
        Expect("sockudo_connection_errors_total", app, "error_type=" + type, 1);
    }

    private async Task AskAsync()
    {
        var http = new PusherHttp(server, TestApp.Plain);
        var answer = random.Next(3) switch
        {
            0 => await http.GetAsync($"/channels/{Marker}"),
            1 => await http.SendRawAsync("GET", http.Path("/channels")),
            _ => await http.SendRawAsync("GET", $"/apps/{Marker}-{_names++}/channels"),
        };
        var known = answer.Status != 404;
        Expect("sockudo_http_calls_received_total", known ? TestApp.Plain.Id : "", "", 1);
    }

    private async Task LeaveAsync(PusherConnection connection, bool isAbrupt)
    {
        _open.Remove(connection);
        await PongAsync(connection);
        if (!isAbrupt)
            await connection.Socket.SendCloseAsync(1000);
        await connection.DisposeAsync();
    }

    // Everything that was said before has been dealt with when the answer is here.
    private static async Task PongAsync(PusherConnection connection)
    {
        await connection.SendAsync("""{"event":"pusher:ping","data":{}}""");
        while (!(await connection.NextTextAsync()).Contains("\"pusher:pong\"", StringComparison.Ordinal))
        {
        }
    }

    private void Expect(string family, string app, string label, int count) =>
        _expected[(family, app, label)] = _expected.GetValueOrDefault((family, app, label)) + count;

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
