using System.Text.Json.Nodes;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>What the admin API tells is true, and what it does is done.</summary>
public sealed class AdminApiTests(AdminServer fixture) : IClassFixture<AdminServer>, IDisposable
{
    private readonly AdminClient _admin = AdminClient.Script(fixture.Address);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task The_overview_counts_what_happens()
    {
        var before = await _admin.GetAsync("overview");
        Assert.Equal(("node-a", true), ((string?)before["node"]!["name"], (bool)before["node"]!["is_ready"]!));
        Assert.Equal(["adapter", "app_manager", "cache", "queue", "rate_limiter"], before["backends"]!.AsArray().Select(static one => (string)one!["component"]!));
        Assert.All(before["backends"]!.AsArray(), static one => Assert.Equal("ok", (string)one!["state"]!));
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Busy);
        await connection.SubscribeAsync("private-over");
        await new PusherHttp(fixture.Server, TestApp.Busy).PublishAsync("private-over", "e", "x");
        await connection.SendClientEventAsync("client-e", "private-over", "1");
        await connection.ExpectAsync("""{"event":"e","data":"x","channel":"private-over"}""");
        await connection.ExpectNothingAsync();
        var after = await _admin.GetAsync("overview");
        Assert.Equal((1, 1, 1), (Grown("totals", "connections_opened"), Grown("totals", "events_http"), Grown("totals", "events_client")));
        Assert.Equal(1, (int)after["nodes"]!);
        Assert.InRange((long)after["memory"]!["used_bytes"]!, 1, (long)after["memory"]!["total_bytes"]!);

        int Grown(string group, string name) => (int)after[group]![name]! - (int)before[group]![name]!;
    }

    [Fact]
    public async Task Apps_are_listed_with_limits_and_counts_and_without_secrets()
    {
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Quota);
        await connection.SubscribeAsync("a");
        await connection.SubscribeAsync("b");
        var list = await _admin.GetAsync("apps");
        Assert.True((bool)list["is_complete"]!);
        Assert.Equal(
            ["busy", "chatty", "counting", "disabled", "fortress", "gated", "guarded", "nosignin", "origins", "plain", "quota", "rated", "small", "tls", "watching"],
            list["apps"]!.AsArray().Select(static one => (string)one!["id"]!));
        var app = await _admin.GetAsync("apps/small");
        Assert.Equal(("small-Key", true), ((string?)app["key"], (bool)app["is_enabled"]!));
        Assert.Equal((3, 1024, null), ((int)app["limits"]!["max_client_events_per_second"]!, (int)app["limits"]!["max_event_data_bytes"]!, (int?)app["limits"]!["max_connections"]));
        var quota = await _admin.GetAsync("apps/quota");
        Assert.Equal(
            (1, 1, 2, 2), ((int)quota["connections"]!["here"]!, (int)quota["connections"]!["cluster"]!, (int)quota["channels"]!, (int)quota["subscriptions"]!));
        Assert.Equal("There is no app \"none\"", (string?)JsonNode.Parse(await _admin.ExpectAsync(404, "GET", "api/v1/apps/none"))!["error"]);
    }

    [Fact]
    public async Task Channels_come_by_name_in_pages_and_by_prefix()
    {
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Watching);
        await using var other = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Watching);
        string[] names = [.. Enumerable.Range(0, 7).Select(static i => $"page-{i}")];
        foreach (var name in names.Reverse().Append("other"))
            await connection.SubscribeAsync(name);
        await connection.SubscribeAsync("private-encrypted-cache-x");
        await other.SubscribeAsync("page-3");
        await other.JoinAsync("presence-p", "ann");

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await _admin.GetAsync($"apps/watching/channels?prefix=page-&limit=3{(after is null ? "" : "&after=" + after)}");
            Assert.Equal(7, (int)page["total"]!);
            seen.AddRange(page["channels"]!.AsArray().Select(static one => (string)one!["name"]!));
            after = (string?)page["next"];
        }
        while (after is not null);
        Assert.Equal(names, seen);

        var all = (await _admin.GetAsync("apps/watching/channels"))["channels"]!.AsArray().ToDictionary(static one => (string)one!["name"]!, static one => one!);
        Assert.Equal(10, all.Count);
        Assert.Equal("""{"name":"page-3","kind":"public","is_cache":false,"subscriptions":{"here":2,"cluster":2},"users":null}""", all["page-3"].ToJsonString());
        Assert.Equal("""{"name":"presence-p","kind":"presence","is_cache":false,"subscriptions":{"here":1,"cluster":1},"users":1}""", all["presence-p"].ToJsonString());
        Assert.Equal(("encrypted", true), ((string?)all["private-encrypted-cache-x"]["kind"], (bool)all["private-encrypted-cache-x"]["is_cache"]!));
        Assert.Equal(all["page-3"].ToJsonString(), (await _admin.GetAsync("apps/watching/channels/page-3")).ToJsonString());
        await _admin.ExpectAsync(404, "GET", "api/v1/apps/watching/channels/nobody");
    }

    [Fact]
    public async Task Channels_of_users_are_not_shown()
    {
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Counting);
        await connection.SignInAsync("""{"id":"ann"}""");
        Assert.Equal(0, (int)(await _admin.GetAsync("apps/counting/channels"))["total"]!);
        await _admin.ExpectAsync(404, "GET", $"api/v1/apps/counting/channels/{Uri.EscapeDataString("#server-to-user-ann")}");
        Assert.Equal("ann", (string?)(await _admin.GetAsync($"apps/counting/connections/{connection.SocketId}"))["user_id"]);
    }

    [Fact]
    public async Task Members_come_by_id_in_pages_and_their_info_only_where_it_may_be_shown()
    {
        const string Info = """{"name":"<img src=x onerror=alert(1)>","odd":"\ud800"}""";
        foreach (var app in new[] { TestApp.Chatty, TestApp.Plain })
        {
            var connections = new List<PusherConnection>();
            foreach (var user in new[] { "c", "a", "b" })
            {
                var connection = await PusherConnection.ConnectAsync(fixture.Server, app);
                connections.Add(connection);
                await connection.JoinAsync("presence-m", user, Info);
            }

            await using var second = await PusherConnection.ConnectAsync(fixture.Server, app);
            await second.JoinAsync("presence-m", "a");
            var first = await _admin.GetAsync($"apps/{app.Id}/channels/presence-m/members?limit=2");
            Assert.Equal((3, "b"), ((int)first["total"]!, (string?)first["next"]));
            Assert.Equal(["a", "b"], first["members"]!.AsArray().Select(static one => (string)one!["user_id"]!));
            Assert.Equal((2, 0), ((int)first["members"]![0]!["connections_here"]!, (int)first["members"]![0]!["other_nodes"]!));
            Assert.Equal(app == TestApp.Chatty ? Info : null, (string?)first["members"]![0]!["user_info"]);
            var last = await _admin.GetAsync($"apps/{app.Id}/channels/presence-m/members?limit=2&after=b");
            Assert.Equal(("c", null), ((string?)last["members"]![0]!["user_id"], (string?)last["next"]));
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }

        await _admin.ExpectAsync(400, "GET", "api/v1/apps/plain/channels/private-m/members");
    }

    [Fact]
    public async Task Connections_come_in_a_stable_order_with_what_is_known_of_them()
    {
        var connections = new List<PusherConnection>();
        for (var i = 0; i < 5; i++)
            connections.Add(await PusherConnection.ConnectAsync(fixture.Server, TestApp.NoSignIn, "Origin: https://shop.example"));
        await connections[2].SubscribeAsync("b");
        await connections[2].SubscribeAsync("a");
        await connections[2].SubscribeAsync("c");

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await _admin.GetAsync($"apps/nosignin/connections?limit=2{(after is null ? "" : "&after=" + after)}");
            Assert.Equal(5, (int)page["total"]!);
            seen.AddRange(page["connections"]!.AsArray().Select(static one => (string)one!["socket_id"]!));
            after = (string?)page["next"];
        }
        while (after is not null);
        Assert.Equal(connections.Select(static one => one.SocketId).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));

        var described = await _admin.GetAsync($"apps/nosignin/connections/{connections[2].SocketId}");
        Assert.Equal(("127.0.0.1", "https://shop.example", 3), ((string?)described["address"], (string?)described["origin"], (int)described["channels"]!));
        Assert.InRange(TimeProvider.System.GetUtcNow() - (DateTimeOffset)described["since"]!, TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(1));
        var channels = await _admin.GetAsync($"apps/nosignin/connections/{connections[2].SocketId}/channels?limit=2");
        Assert.Equal("""{"channels":["a","b"],"total":3,"next":"b"}""", channels.ToJsonString());
        Assert.Equal("""{"channels":["c"],"total":3,"next":null}""", (await _admin.GetAsync($"apps/nosignin/connections/{connections[2].SocketId}/channels?limit=2&after=b")).ToJsonString());
        // Another app's connection is none of this one's.
        await _admin.ExpectAsync(404, "GET", $"api/v1/apps/plain/connections/{connections[2].SocketId}");
        await _admin.ExpectAsync(404, "POST", $"api/v1/apps/plain/connections/{connections[2].SocketId}/terminate");
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Theory]
    [InlineData("channels?limit=0")]
    [InlineData("channels?limit=501")]
    [InlineData("channels?limit=x")]
    [InlineData("connections?after=x")]
    [InlineData("connections?after=x-1.2")]
    public async Task Wrong_questions_are_refused(string path) => await _admin.ExpectAsync(400, "GET", "api/v1/apps/plain/" + path);

    [Theory]
    [InlineData("POST", "overview", "GET, HEAD")]
    [InlineData("GET", "apps/plain/events", "POST")]
    [InlineData("PUT", "webhooks/dead-letters", "GET, HEAD, DELETE")]
    [InlineData("GET", "webhooks/dead-letters/retry", "POST")]
    public async Task Other_methods_are_refused(string method, string path, string allowed)
    {
        using var answer = await _admin.SendAsync(method, "api/v1/" + path);
        Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow));
    }

    [Fact]
    public async Task A_connection_that_is_closed_is_told_4009_and_is_gone()
    {
        await using var victim = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Origins);
        await using var witness = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Origins);
        await _admin.PostAsync($"apps/origins/connections/{victim.SocketId}/terminate");
        await victim.ExpectErrorAndCloseAsync(4009);
        await witness.ExpectNothingAsync();
        await _admin.ExpectAsync(404, "GET", $"api/v1/apps/origins/connections/{victim.SocketId}");
        await _admin.ExpectAsync(404, "POST", $"api/v1/apps/origins/connections/{victim.SocketId}/terminate");
        await fixture.ExpectLogAsync($"was closed by the dashboard  app=origins socket={victim.SocketId}");
    }

    [Fact]
    public async Task An_event_is_published_as_by_the_HTTP_API_and_refused_as_by_it()
    {
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Small);
        await connection.SubscribeAsync("private-x");
        Assert.Equal("""{"ok":true}""", (await _admin.PostAsync("apps/small/events", """{"name":"e","channels":["private-x"],"data":"{\"a\":1}"}""")).ToJsonString());
        await connection.ExpectAsync("""{"event":"e","data":"{\"a\":1}","channel":"private-x"}""");
        var http = new PusherHttp(fixture.Server, TestApp.Small);
        foreach (var body in new[]
        {
            """{"name":"pusher:e","channels":["private-x"],"data":""}""", """{"name":"12345678901","channels":["private-x"],"data":""}""", """{"name":"e","data":""}""",
            """{"name":"e","channels":["a b"],"data":""}""", $$"""{"name":"e","channel":"a","data":"{{new string('x', 1025)}}"}""", """{"name":"e","channels":["1","2","3","4"],"data":""}""", "[]",
        })
        {
            var answer = await http.PostAsync("/events", body);
            Assert.InRange(answer.Status, 400, 413);
            Assert.Equal(answer.Body, await _admin.ExpectAsync(answer.Status, "POST", "api/v1/apps/small/events", body));
        }

        await _admin.ExpectAsync(403, "POST", "api/v1/apps/disabled/events", """{"name":"e","channels":["x"],"data":""}""");
        await _admin.ExpectAsync(404, "POST", "api/v1/apps/none/events", """{"name":"e","channels":["x"],"data":""}""");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_node_by_itself_is_its_whole_cluster()
    {
        var cluster = await _admin.GetAsync("cluster");
        Assert.Equal(("local", true, false), ((string?)cluster["adapter"], (bool)cluster["is_connected"]!, (bool)cluster["is_isolated"]!));
        var self = Assert.Single(cluster["peers"]!.AsArray())!;
        Assert.Equal(("node-a", true, "up"), ((string?)self["name"], (bool)self["is_self"]!, (string?)self["state"]));
    }

    [Fact]
    public async Task No_answer_has_a_secret()
    {
        await using var connection = await PusherConnection.ConnectAsync(fixture.Server, TestApp.Plain);
        await connection.JoinAsync("presence-s", "ann");
        foreach (var path in new[]
        {
            "session", "overview", "apps", "apps/plain", "apps/plain/channels", "apps/plain/channels/presence-s", "apps/plain/channels/presence-s/members",
            "apps/plain/connections", $"apps/plain/connections/{connection.SocketId}", "webhooks", "webhooks/dead-letters", "cluster",
        })
        {
            var text = (await _admin.GetAsync(path)).ToJsonString();
            Assert.DoesNotContain("-secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(AdminClient.Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(AdminClient.Token, text, StringComparison.Ordinal);
        }
    }
}
