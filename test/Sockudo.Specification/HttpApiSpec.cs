using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 15: the endpoints of the HTTP API, and the health endpoints.</summary>
public abstract class HttpApiSpec(ServerUnderTest server)
{
    private readonly PusherHttp _http = new(server, TestApp.Plain);
    private readonly PusherHttp _small = new(server, TestApp.Small);

    [Fact]
    public async Task T6_T7_T8_An_event_is_delivered_exactly_and_answered_with_ok()
    {
        var channel = ServerUnderTest.Unique("public-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        (await _http.PostAsync("/events", $$"""{"name":"App\\Events\\Ordér","channels":["{{channel}}"],"data":"{\"a\":1.0,\"é\":\"😀\u2028</b>\"}"}"""))
            .Expect(200, """{"ok":true}""");
        var message = await connection.NextAsync();
        Assert.Equal(["event", "data", "channel"], message.AsObject().Select(static member => member.Key));
        Assert.Equal("""App\Events\Ordér""", (string?)message["event"]);
        Assert.Equal("{\"a\":1.0,\"é\":\"😀\u2028</b>\"}", (string?)message["data"]);
        (await _http.PostAsync("/events", """{"name":"e","channel":"nobody-is-here","data":"x"}""")).Expect(200, """{"ok":true}""");
    }

    [Theory]
    [InlineData("""{"a":1.0, "b":[1]}""", """{"a":1.0, "b":[1]}""")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("true", "true")]
    public async Task Section_15_1_Data_that_is_no_string_becomes_its_source_text(string data, string delivered)
    {
        var channel = ServerUnderTest.Unique("public-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        (await _http.PostAsync("/events", $$"""{"name":"e","channel":"{{channel}}","data":{{data}}}""")).Expect(200);
        Assert.Equal(delivered, (string?)(await connection.NextAsync())["data"]);
    }

    [Theory]
    [InlineData("""{"data":"x","channel":"a"}""", "Missing required parameter: name")]
    [InlineData("""{"name":7,"data":"x","channel":"a"}""", "Expected name parameter to be a string")]
    [InlineData("""{"name":"e","channel":"a"}""", "Missing required parameter: data")]
    [InlineData("""{"name":"e","data":null,"channel":"a"}""", "Missing required parameter: data")]
    [InlineData("""{"name":"e","data":"x"}""", "Missing required parameter: channel")]
    [InlineData("""{"name":"e","data":"x","channels":[]}""", "Missing required parameter: channel")]
    [InlineData("""{"name":"e","data":"x","channel":"a b"}""", "Invalid channel name")]
    [InlineData("""{"name":"e","data":"x","channels":["a",7]}""", "Invalid channel name")]
    [InlineData("""{"name":"e","data":"x","channels":{"a":1}}""", "Invalid channel name")]
    public async Task T1_T2_Bad_parameters_have_hosted_s_texts(string body, string text) =>
        Assert.Equal(text, (await _http.PostAsync("/events", body)).ExpectError(400));

    [Theory]
    [InlineData("""{"name":"pusher:x","data":"x","channel":"a"}""")]
    [InlineData("""{"name":"pusher_internal:x","data":"x","channel":"a"}""")]
    [InlineData("""{"name":"e","data":"x","channel":"a","socket_id":"nonsense"}""")]
    [InlineData("""{"name":"e","data":"x","channel":"a","socket_id":12.34}""")]
    [InlineData("""{"name":"e","data":"x","channel":"a","info":"colour"}""")]
    public async Task T4_T5_T6_Reserved_names_bad_socket_ids_and_unknown_attributes_are_400(string body) =>
        (await _http.PostAsync("/events", body)).ExpectError(400);

    [Fact]
    public async Task T1_Channel_and_channels_are_united_and_a_string_is_one_name()
    {
        var (a, b) = (ServerUnderTest.Unique("a-"), ServerUnderTest.Unique("b-"));
        var answer = await _http.PostAsync(
            "/events", $$"""{"name":"client-e","data":"x","channels":"{{a}}","channel":"{{b}}","info":"subscription_count","socket_id":"1.2"}""");
        answer.Expect(200, $$$$"""{"channels":{"{{{{a}}}}":{"subscription_count":0},"{{{{b}}}}":{"subscription_count":0}}}""");
    }

    [Fact]
    public async Task T6_Info_describes_every_channel_and_leaves_out_what_does_not_apply()
    {
        var presence = ServerUnderTest.Unique("presence-");
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var b = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await a.JoinAsync(presence, "ann");
        await b.JoinAsync(presence, "ann");
        (await _http.PostAsync("/events", $$"""{"name":"e","data":"x","channels":["{{presence}}","c"],"info":"user_count,subscription_count"}"""))
            .Expect(200, $$$$"""{"channels":{"{{{{presence}}}}":{"user_count":1,"subscription_count":2},"c":{"subscription_count":0}}}""");
    }

    [Fact]
    public async Task T2_T3_Limits_of_the_app_hold()
    {
        (await _small.PostAsync("/events", """{"name":"1234567890","data":"x","channels":["a","b","c"]}""")).Expect(200);
        (await _small.PostAsync("/events", """{"name":"12345678901","data":"x","channels":["a"]}""")).ExpectError(400);
        (await _small.PostAsync("/events", """{"name":"e","data":"x","channels":["a","b","c","d"]}""")).ExpectError(400);
        // Bytes of UTF-8 of the decoded string: 512 times two bytes, written as escapes.
        var data = string.Concat(Enumerable.Repeat("\\u00e9", 512));
        (await _small.PostAsync("/events", $$"""{"name":"e","data":"{{data}}","channel":"a"}""")).Expect(200);
        Assert.StartsWith(
            "The data content of this event exceeds the allowed maximum (1024 bytes)",
            (await _small.PostAsync("/events", $$"""{"name":"e","data":"{{data}}x","channel":"a"}""")).ExpectError(413), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T2_B2_An_invalid_event_spoils_the_whole_request()
    {
        var channel = ServerUnderTest.Unique("atomic-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        (await _http.PostAsync("/events", $$"""{"name":"e","data":"x","channels":["{{channel}}","bad name"]}""")).ExpectError(400);
        foreach (var bad in new[]
        {
            """{"name":"e","data":"x","channel":"bad name"}""", """{"name":"e","channel":"a"}""", """{"name":"e","data":"x"}""", "7",
            """{"name":"e","data":"x","channel":"a","socket_id":"z"}""",
        })
        {
            (await _http.PostAsync("/batch_events", $$"""{"batch":[{"name":"e","data":"x","channel":"{{channel}}"},{{bad}}]}""")).ExpectError(400);
        }

        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task B1_B4_Batches()
    {
        (await _http.PostAsync("/batch_events", """{"batch":[]}""")).Expect(200, "{}");
        (await _http.PostAsync("/batch_events", "{}")).ExpectError(400);
        var item = """{"name":"e","data":"x","channel":"a"}""";
        Assert.Equal("Batch too large (11 > 10)", (await _http.PostAsync("/batch_events", $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(item, 11))}}]}""")).ExpectError(400));
        (await _http.PostAsync("/batch_events", $$"""{"batch":[{{item}},{{item}}]}""")).Expect(200, "{}");
        (await _http.PostAsync("/batch_events",
            """{"batch":[{"name":"e","data":"x","channel":"batch-a","info":"subscription_count"},{"name":"e","data":"x","channels":["batch-b","batch-c"]}]}"""))
            .Expect(200, """{"batch":[{"subscription_count":0},{}]}""");
    }

    [Fact]
    public async Task Q1_Q2_Q3_Q4_Occupied_channels_are_listed()
    {
        var prefix = ServerUnderTest.Unique("presence-list-");
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await a.JoinAsync(prefix + "1", "ann");
        await a.JoinAsync(prefix + "2", "ann");
        var listed = (await _http.GetAsync("/channels", ("filter_by_prefix", prefix), ("info", "user_count,subscription_count"))).Expect(200).Json["channels"]!;
        Assert.Equal("""{"user_count":1,"subscription_count":1}""", listed[prefix + "1"]!.ToJsonString());
        Assert.Equal(2, listed.AsObject().Count);
        var plain = (await _http.GetAsync("/channels", ("filter_by_prefix", prefix + "2"))).Expect(200).Json["channels"]!;
        Assert.Equal("{}", plain[prefix + "2"]!.ToJsonString());
        (await _http.GetAsync("/channels", ("filter_by_prefix", "nothing-"))).Expect(200, """{"channels":{}}""");
        Assert.Equal(
            "user_count may only be requested for presence channels - please supply filter_by_prefix begining with presence-",
            (await _http.GetAsync("/channels", ("info", "user_count"))).ExpectError(400));
        (await _http.GetAsync("/channels", ("info", "nonsense"))).ExpectError(400);
    }

    [Fact]
    public async Task Q5_Q6_Q7_One_channel()
    {
        var channel = ServerUnderTest.Unique("presence-");
        (await _http.GetAsync($"/channels/{channel}", ("info", "user_count,subscription_count")))
            .Expect(200, """{"occupied":false,"user_count":0,"subscription_count":0}""");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.JoinAsync(channel, "ann");
        (await _http.GetAsync($"/channels/{channel}")).Expect(200, """{"occupied":true}""");
        (await _http.GetAsync($"/channels/{channel}", ("info", "subscription_count,user_count")))
            .Expect(200, """{"occupied":true,"user_count":1,"subscription_count":1}""");
        Assert.Equal(
            "Cannot retrieve the user count unless the channel is a presence channel",
            (await _http.GetAsync("/channels/public", ("info", "user_count"))).ExpectError(400));
        (await _http.GetAsync("/channels/public", ("info", "nonsense"))).ExpectError(400);
        (await _http.GetAsync("/channels/bad%20name")).ExpectError(400);
    }

    [Fact]
    public async Task Q10_Users_of_a_presence_channel()
    {
        var channel = ServerUnderTest.Unique("presence-");
        (await _http.GetAsync($"/channels/{channel}/users")).Expect(200, """{"users":[]}""");
        await using var a = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await using var b = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await a.SubscribeAsync(channel, """{"user_id":1}""");
        await b.SubscribeAsync(channel, """{"user_id":"1"}""");
        (await _http.GetAsync($"/channels/{channel}/users")).Expect(200, """{"users":[{"id":"1"}]}""");
        Assert.Equal("Users can only be retrieved for presence channels", (await _http.GetAsync("/channels/public/users")).ExpectError(400));
    }

    [Fact]
    public async Task Q11_The_short_path_of_the_Python_library_terminates_too()
    {
        var path = $"{server.Prefix}/users/nobody/terminate_connections";
        (await _http.SendAsync("POST", path, "{}")).Expect(200, """{"ok":true}""");
        (await _http.SendRawAsync("POST", path)).ExpectError(401);
    }

    [Fact]
    public async Task Section_15_7_The_deprecated_endpoints_work()
    {
        var channel = ServerUnderTest.Unique("legacy-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        var answer = await _http.PostAsync($"/channels/{channel}/events", "{\"as\": \"is\"}", ("name", "old"));
        Assert.Equal(202, answer.Status);
        Assert.Equal("", answer.Body);
        Assert.Equal("{\"as\": \"is\"}", (string?)(await connection.NextAsync())["data"]);
        (await _http.GetAsync($"/channels/{channel}/stats")).Expect(200, """{"occupied":true,"subscription_count":1}""");
    }

    [Fact]
    public async Task Storage_4_2_Requests_per_app_are_limited()
    {
        // In memory every node counts for itself.
        var rated = new PusherHttp(server with { Others = [] }, TestApp.Rated);
        var answers = new List<HttpAnswer>();
        for (var i = 0; i < 6; i++)
            answers.Add(await rated.PostAsync("/events", """{"name":"e","data":"x","channel":"a"}"""));
        var refused = answers.First(static answer => answer.Status == 429);
        Assert.Equal("Rate limit exceeded: max_backend_events_per_second (2)", refused.ExpectError(429));
        Assert.Equal("1", refused.Headers["retry-after"]);
        var item = """{"name":"e","data":"x","channel":"a"}""";
        var tooMany = await rated.PostAsync("/batch_events", $$"""{"batch":[{{item}},{{item}},{{item}}]}""");
        tooMany.ExpectError(429);
        Assert.False(tooMany.Headers.ContainsKey("retry-after"));
        var reads = new List<HttpAnswer>();
        for (var i = 0; i < 6; i++)
            reads.Add(await rated.GetAsync("/channels"));
        Assert.Contains(reads, static answer => answer.Status == 429);
    }

    [Fact]
    public async Task Operations_1_Health_endpoints()
    {
        foreach (var path in new[] { "/live", "/live/", "/up", "/up/", "/up/plain", "/up/disabled/" })
        {
            var answer = await _http.SendRawAsync("GET", server.Prefix + path);
            answer.Expect(200);
            Assert.Equal("OK", answer.Body);
            Assert.Equal("text/plain; charset=utf-8", answer.Headers["content-type"]);
        }

        Assert.Equal("OK", (await _http.SendRawAsync("GET", server.Prefix + "/up")).Headers["x-health-check"]);
        (await _http.SendRawAsync("GET", server.Prefix + "/up/nobody")).ExpectError(404);
        foreach (var path in new[] { "/live", "/up", "/up/plain", "/usage" })
            Assert.Equal("", (await _http.SendRawAsync("HEAD", server.Prefix + path)).Expect(200).Body);
        Assert.Equal("", (await _http.SendRawAsync("HEAD", server.Prefix + "/up/nobody")).Expect(404).Body);
        var memory = (await _http.SendRawAsync("GET", server.Prefix + "/usage")).Expect(200).Json["memory"]!;
        Assert.Equal(["free", "used", "total", "percent"], memory.AsObject().Select(static member => member.Key));
        Assert.True((long)memory["used"]! > 1_000_000);
        Assert.True((long)memory["total"]! > (long)memory["used"]!);
        Assert.Equal((long)memory["total"]!, (long)memory["used"]! + (long)memory["free"]!);
        Assert.Equal(Math.Round(100m * (long)memory["used"]! / (long)memory["total"]!, 2), (decimal)memory["percent"]!);
    }

    [Fact]
    public async Task T2_T3_T4_The_default_limits_are_exact()
    {
        static string Event(string name, int bytes, int channels) =>
            $$"""{"name":"{{name}}","data":"{{new string('x', bytes)}}","channels":[{{string.Join(',', Enumerable.Range(0, channels).Select(static i => $"\"a{i}\""))}}]}""";

        var longest = string.Concat(Enumerable.Repeat("😀", 200));
        (await _http.PostAsync("/events", Event(longest, 102_400, 100))).Expect(200);
        (await _http.PostAsync("/events", Event(longest + "x", 1, 1))).ExpectError(400);
        (await _http.PostAsync("/events", Event("e", 102_401, 1))).ExpectError(413);
        (await _http.PostAsync("/events", Event("e", 1, 101))).ExpectError(400);
        // O-5: the same name twice is one channel.
        (await _http.PostAsync("/events", $$"""{"name":"e","data":"x","channels":[{{string.Join(',', Enumerable.Repeat("\"a\"", 101))}}]}""")).Expect(200);
        (await _http.PostAsync("/batch_events", $$"""{"batch":[{"name":"e","data":"x","channel":"a"},{{Event("e", 102_401, 1)}}]}""")).ExpectError(413);
    }

    [Fact]
    public async Task Section_15_1_Empty_data_is_data_and_empty_info_is_none()
    {
        var channel = ServerUnderTest.Unique("empty-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        (await _http.PostAsync("/events", $$"""{"name":"e","data":"","channel":"{{channel}}","info":""}""")).Expect(200, """{"ok":true}""");
        await connection.ExpectAsync($$"""{"event":"e","data":"","channel":"{{channel}}"}""");
    }

    [Fact]
    public async Task Q2_An_empty_filter_and_empty_info_count_as_none()
    {
        var channel = ServerUnderTest.Unique("listed-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        var listed = (await _http.GetAsync("/channels", ("filter_by_prefix", ""), ("info", ""))).Expect(200).Json["channels"]!;
        Assert.Equal("{}", listed[channel]!.ToJsonString());
        (await _http.GetAsync($"/channels/{channel}", ("info", ""))).Expect(200, """{"occupied":true}""");
    }

    [Fact]
    public async Task Section_15_7_The_deprecated_trigger_excludes_too_and_has_the_same_rules()
    {
        var channel = ServerUnderTest.Unique("legacy-");
        await using var sender = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await sender.SubscribeAsync(channel);
        Assert.Equal(202, (await _http.PostAsync($"/channels/{channel}/events", "x", ("name", "e"), ("socket_id", sender.SocketId))).Status);
        await sender.ExpectNothingAsync();
        (await _http.PostAsync($"/channels/{channel}/events", "x")).ExpectError(400);
        (await _http.PostAsync($"/channels/{channel}/events", "x", ("name", "pusher:e"))).ExpectError(400);
        (await _http.PostAsync("/channels/bad%20name/events", "x", ("name", "e"))).ExpectError(400);
        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task Section_15_7_What_belongs_elsewhere_does_not_exist_here()
    {
        foreach (var path in new[] { "/metrics", "/ready", "/" })
            (await _http.SendRawAsync("GET", server.Prefix + path)).ExpectError(404);
        (await _http.GetAsync("/connections")).ExpectError(404);
    }
}
