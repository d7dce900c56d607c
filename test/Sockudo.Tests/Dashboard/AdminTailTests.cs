using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>What is published, as it is shown to people.</summary>
public sealed class AdminTailTests(AdminServer fixture) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task Events_of_both_kinds_are_shown_and_data_only_where_it_may_be()
    {
        using var admin = AdminClient.Script(fixture.Address);
        using var answer = await admin.SendAsync("GET", "api/v1/events");
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await NextAsync(reader, ":");

        await new PusherHttp(fixture.Server, TestApp.Plain).PublishAsync("a", "hidden", "secret text");
        var hidden = await NextEventAsync(reader);
        Assert.Equal(("plain", "a", "hidden", "http"), ((string?)hidden["app"], (string?)hidden["channel"], (string?)hidden["name"], (string?)hidden["source"]));
        Assert.Equal("""{"event":"hidden","data":"secret text","channel":"a"}""".Length, (int)hidden["bytes"]!);
        Assert.Null(hidden["data"]);

        await new PusherHttp(fixture.Server, TestApp.Chatty).PublishAsync("b", "shown", new string('é', 5000));
        var shown = await NextEventAsync(reader);
        Assert.Equal((new string('é', 4096), true), ((string?)shown["data"], (bool)shown["is_data_cut"]!));

        await using var client = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Chatty);
        await client.SubscribeAsync("private-c");
        await client.SendClientEventAsync("client-x", "private-c", """{"y":"<b>"}""");
        var own = await NextEventAsync(reader);
        Assert.Equal(("client-x", "client", client.SocketId, """{"y":"<b>"}"""), ((string?)own["name"], (string?)own["source"], (string?)own["socket_id"], (string?)own["data"]));
    }

    [Fact]
    public async Task It_can_be_restricted_to_an_app_and_channels()
    {
        using var admin = AdminClient.Script(fixture.Address);
        using var answer = await admin.SendAsync("GET", "api/v1/events?app=counting&prefix=orders-");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await NextAsync(reader, ":");
        var http = new PusherHttp(fixture.Server, TestApp.Counting);
        await new PusherHttp(fixture.Server, TestApp.Busy).PublishAsync("orders-1", "other-app", "");
        await http.PublishAsync("users-1", "other-channel", "");
        await http.PublishAsync("orders-1", "wanted", "");
        Assert.Equal("wanted", (string?)(await NextEventAsync(reader))["name"]);
    }

    [Fact]
    public async Task A_slow_watcher_misses_events_is_told_how_many_and_holds_nobody_up()
    {
        const int Batches = 400;
        const int PerBatch = 10;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(fixture.Address.Host, fixture.Address.Port);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events?app=chatty&prefix=flood HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {AdminClient.Token}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        await NextAsync(reader, ": open");
        // Nothing is read while all of this is published.
        var http = new PusherHttp(fixture.Server, TestApp.Chatty);
        var data = new string('x', 5000);
        var one = $$"""{"name":"e","channel":"flood","data":"{{data}}"}""";
        var batch = $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(one, PerBatch))}}]}""";
        for (var i = 0; i < Batches; i++)
            (await http.PostAsync("/batch_events", batch)).Expect(200);

        var (shown, dropped) = (0, 0);
        while (shown + dropped < Batches * PerBatch)
        {
            var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line == "event: event")
                shown++;
            else if (line?.StartsWith("data: {\"count\":", StringComparison.Ordinal) == true)
                dropped += (int)JsonNode.Parse(line["data: ".Length..])!["count"]!;
            else
                Assert.NotNull(line);
        }

        Assert.Equal(Batches * PerBatch, shown + dropped);
        Assert.InRange(dropped, 1, Batches * PerBatch - 1024);
    }

    [Fact]
    public async Task There_are_only_so_many_watchers_and_who_goes_makes_room()
    {
        await using var server = await SockudoProcess.StartAsync("dashboard.enabled=true", "dashboard.port=0");
        using var admin = new AdminClient(await AdminClient.AddressOfAsync(server));
        var watching = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
        {
            watching.Add(await admin.SendAsync("GET", "api/v1/events"));
            Assert.Equal(HttpStatusCode.OK, watching[i].StatusCode);
        }

        await admin.ExpectAsync(503, "GET", "api/v1/events");
        watching[7].Dispose();
        while (true)
        {
            using var another = await admin.SendAsync("GET", "api/v1/events");
            if (another.StatusCode == HttpStatusCode.OK)
                break;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        foreach (var answer in watching)
            answer.Dispose();
    }

    private static async Task<JsonNode> NextEventAsync(StreamReader reader)
    {
        await NextAsync(reader, "event: event");
        return JsonNode.Parse((await NextAsync(reader, "data: "))["data: ".Length..])!;
    }

    // The next line that begins like this.
    private static async Task<string> NextAsync(StreamReader reader, string start)
    {
        using var timeout = new CancellationTokenSource(RawWebSocket.Patience);
        while (true)
        {
            var line = await reader.ReadLineAsync(timeout.Token);
            Assert.NotNull(line);
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line;
        }
    }
}
