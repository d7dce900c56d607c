using System.Globalization;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Section 14: authentication, and what holds for every answer.</summary>
public abstract class HttpAuthSpec(ServerUnderTest server)
{
    private readonly PusherHttp _http = new(server, TestApp.Plain);

    private string Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task A14_Each_mistake_has_its_text()
    {
        var path = _http.Path("/channels");
        Assert.Equal("Missing parameter: auth_key", (await _http.SendRawAsync("GET", path)).ExpectError(401));
        Assert.Equal("Unknown auth_key", (await _http.SendRawAsync("GET", path + "?auth_key=nope")).ExpectError(401));
        // A-13: the key of another app.
        Assert.Equal("Unknown auth_key", (await _http.SendRawAsync("GET", path + "?auth_key=chatty-Key")).ExpectError(401));
        Assert.Equal("Version required", (await _http.SendRawAsync("GET", path + "?auth_key=plain-Key")).ExpectError(401));
        Assert.Equal("Version not supported", (await _http.SendRawAsync("GET", path + "?auth_key=plain-Key&auth_version=1.1")).ExpectError(401));
        Assert.Equal("Timestamp required", (await _http.SendRawAsync("GET", path + "?auth_key=plain-Key&auth_version=1.0")).ExpectError(401));
        Assert.StartsWith(
            "Timestamp expired: Given timestamp (2012-11-19T18:49:39Z) not within 600s of server time (",
            (await _http.SendRawAsync("GET", path + "?auth_key=plain-Key&auth_version=1.0&auth_timestamp=1353350979")).ExpectError(401), StringComparison.Ordinal);
        Assert.StartsWith(
            "Timestamp expired",
            (await _http.SendRawAsync("GET", path + "?auth_key=plain-Key&auth_version=1.0&auth_timestamp=abc")).ExpectError(401), StringComparison.Ordinal);
        var now = Now;
        Assert.Equal(
            $"Invalid signature: you should have sent HmacSHA256Hex(\"GET\\n{path}\\nauth_key=plain-Key&auth_timestamp={now}&auth_version=1.0\", your_secret_key), but you sent \"beef\"",
            (await _http.SendRawAsync("GET", $"{path}?auth_key=plain-Key&auth_version=1.0&auth_timestamp={now}&auth_signature=beef")).ExpectError(401));
    }

    [Fact]
    public async Task A2_Values_may_be_signed_decoded_or_as_sent()
    {
        var path = _http.Path("/channels");
        foreach (var (onTheWire, signed) in new[]
        {
            ("presence-a%3Bb", "presence-a;b"), ("presence-a;b", "presence-a;b"), ("presence-a%3Bb", "presence-a%3Bb"), ("a+b", "a b"), ("a+b", "a+b"),
        })
        {
            var now = Now;
            var signature = TestApp.Plain.Sign($"GET\n{path}\nauth_key=plain-Key&auth_timestamp={now}&auth_version=1.0&filter_by_prefix={signed}");
            (await _http.SendRawAsync("GET",
                $"{path}?auth_signature={signature}&filter_by_prefix={onTheWire}&auth_version=1.0&auth_key=plain-Key&auth_timestamp={now}"))
                .Expect(200, """{"channels":{}}""");
        }
    }

    [Fact]
    public async Task A3_Q9_A_path_may_be_signed_encoded_or_decoded()
    {
        var encoded = _http.Path("/channels/presence-a%3Bb");
        var decoded = _http.Path("/channels/presence-a;b");
        foreach (var signed in new[] { encoded, decoded })
        {
            var now = Now;
            var signature = TestApp.Plain.Sign($"GET\n{signed}\nauth_key=plain-Key&auth_timestamp={now}&auth_version=1.0");
            (await _http.SendRawAsync("GET", $"{encoded}?auth_key=plain-Key&auth_timestamp={now}&auth_version=1.0&auth_signature={signature}"))
                .Expect(200, """{"occupied":false}""");
        }
    }

    [Fact]
    public async Task A4_A5_A6_A7_Arrays_empty_values_upper_case_names_and_repeated_names()
    {
        var path = _http.Path("/channels");
        var now = Now;
        var signature = TestApp.Plain.Sign($"GET\n{path}\nauth_key=plain-Key&auth_timestamp={now}&auth_version=1.0&empty=&k[]=b&k[]=a&x=2");
        (await _http.SendRawAsync("GET",
            $"{path}?k[]=b&AUTH_KEY=plain-Key&k%5B%5D=a&auth_timestamp={now}&Auth_Version=1.0&empty&x=1&x=2&auth_signature={signature}")).Expect(200);
        (await _http.SendRawAsync("GET",
            $"{path}?auth_key=plain-Key&auth_key=plain-Key&auth_timestamp={now}&auth_version=1.0&auth_signature={signature}")).ExpectError(401);
    }

    [Fact]
    public async Task A9_A_signature_in_upper_case_is_refused()
    {
        var query = _http.Sign("GET", _http.Path("/channels"), "");
        var at = query.LastIndexOf('=') + 1;
        (await _http.SendRawAsync("GET", $"{_http.Path("/channels")}?{query[..at]}{query[at..].ToUpperInvariant()}")).ExpectError(401);
    }

    [Fact]
    public async Task A11_The_body_s_MD5_is_required_and_checked()
    {
        var path = _http.Path("/events");
        const string Body = """{"name":"e","data":"x","channel":"a"}""";
        Assert.Contains("body_md5", (await _http.SendRawAsync("POST", $"{path}?{_http.Sign("POST", path, "")}", Body)).ExpectError(401), StringComparison.Ordinal);
        Assert.Contains("body_md5", (await _http.SendRawAsync("POST", $"{path}?{_http.Sign("POST", path, Body)}", Body + " ")).ExpectError(401), StringComparison.Ordinal);
        // Python sends the MD5 of nothing on GET.
        (await _http.GetAsync("/channels", ("body_md5", "d41d8cd98f00b204e9800998ecf8427e"))).Expect(200);
        (await _http.GetAsync("/channels", ("body_md5", "00000000000000000000000000000000"))).ExpectError(401);
    }

    [Fact]
    public async Task A12_A16_Unknown_apps_are_404_and_disabled_ones_403_after_the_signature()
    {
        Assert.Equal("No application with id 'nobody'", (await _http.SendRawAsync("GET", $"{server.Prefix}/apps/nobody/channels")).ExpectError(404));
        (await _http.SendRawAsync("GET", $"{server.Prefix}/apps//events")).ExpectError(404);
        var disabled = new PusherHttp(server, TestApp.Disabled);
        (await disabled.SendRawAsync("GET", disabled.Path("/channels") + "?auth_key=disabled-Key")).ExpectError(401);
        (await disabled.GetAsync("/channels")).ExpectError(403);
    }

    [Theory]
    [InlineData("GET", "/events", 405)]
    [InlineData("PUT", "/channels", 405)]
    [InlineData("POST", "/channels", 405)]
    [InlineData("GET", "/users/1/terminate_connections", 405)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/channels/a/b", 404)]
    [InlineData("POST", "/events/", 404)]
    public async Task G7_G9_Unknown_paths_and_wrong_methods(string method, string path, int status)
    {
        var answer = await _http.SendAsync(method, _http.Path(path), "");
        answer.ExpectError(status);
        Assert.Equal(status == 405, answer.Headers.ContainsKey("allow"));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"name\":\"e\",\"data\":\"x\",\"channel\":\"a\"")]
    [InlineData("{\"name\":\"e\",\"data\":\"\\ud800\",\"channel\":\"a\"}")]
    public async Task G3_F10_A_body_that_is_no_JSON_object_is_400(string body) => (await _http.PostAsync("/events", body)).ExpectError(400);

    [Fact]
    public async Task G3_A_body_that_is_not_UTF_8_is_400()
    {
        // A raw byte cannot be written with this client's text body, so an invalid escape sequence of bytes is built by hand.
        await using var socket = await RawWebSocket.DialAsync(server);
        byte[] body = [.. "{\"name\":\"e\",\"data\":\""u8, 0xFF, 0xFE, .. "\",\"channel\":\"a\"}"u8];
#pragma warning disable CA5351
        var md5 = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(body));
#pragma warning restore CA5351
        var path = _http.Path("/events");
        var query = $"auth_key=plain-Key&auth_timestamp={Now}&auth_version=1.0&body_md5={md5}";
        var target = $"{path}?{query}&auth_signature={TestApp.Plain.Sign($"POST\n{path}\n{query}")}";
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"));
        await socket.SendBytesAsync(body);
        await socket.ReadResponseAsync();
        Assert.Equal(400, socket.Status);
    }

    [Fact]
    public async Task G4_Null_members_count_as_absent()
    {
        var body = """{"name":"e","data":"x","channel":null,"channels":["a"],"socket_id":null,"info":null}""";
        (await _http.PostAsync("/events", body)).Expect(200, """{"ok":true}""");
    }

    [Fact]
    public async Task G5_Parameters_may_stand_in_the_query_and_the_body_wins()
    {
        var channel = ServerUnderTest.Unique("query-");
        await using var connection = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await connection.SubscribeAsync(channel);
        (await _http.PostAsync("/events", "", ("name", "from \"query\""), ("data", "d"), ("channel", channel))).Expect(200);
        Assert.Equal("from \"query\"", (string?)(await connection.NextAsync())["event"]);
        (await _http.PostAsync("/events", """{"name":"from-body"}""", ("name", "q"), ("data", "d"), ("channel", channel))).Expect(200);
        Assert.Equal("from-body", (string?)(await connection.NextAsync())["event"]);
    }

    [Fact]
    public async Task G8_A_body_above_the_limit_is_413_however_it_is_sent()
    {
        var body = new string('x', (10 * 1024 * 1024) + 1);
        (await _http.PostAsync("/events", body)).ExpectError(413);
        await using var chunked = await RawWebSocket.DialAsync(server);
        await chunked.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST {_http.Path("/events")}?{_http.Sign("POST", _http.Path("/events"), "x")} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        try
        {
            for (var i = 0; i < 11; i++)
                await chunked.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes($"100000\r\n{new string('x', 0x100000)}\r\n"));
        }
        catch (IOException)
        {
            // The server has answered and hung up.
        }

        await chunked.ReadResponseAsync();
        Assert.Equal(413, chunked.Status);
    }

    [Fact]
    public async Task G10_HEAD_works_on_GET_routes_and_is_signed_as_HEAD()
    {
        var answer = await _http.SendAsync("HEAD", _http.Path("/channels/nobody-is-here"), "");
        Assert.Equal(200, answer.Status);
        Assert.Equal("", answer.Body);
        Assert.Equal("18", answer.Headers["content-length"]);
    }

    [Fact]
    public async Task G10_CORS_A_preflight_is_answered_without_authentication_and_executes_nothing()
    {
        var answer = await _http.SendRawAsync(
            "OPTIONS", _http.Path("/events"), "", "Origin: https://x.example", "Access-Control-Request-Method: POST");
        answer.Expect(204);
        Assert.Equal("*", answer.Headers["access-control-allow-origin"]);
        Assert.Contains("POST", answer.Headers["access-control-allow-methods"], StringComparison.Ordinal);
        Assert.Contains("Content-Type", answer.Headers["access-control-allow-headers"], StringComparison.Ordinal);
        Assert.Equal("86400", answer.Headers["access-control-max-age"]);
        Assert.False(answer.Headers.ContainsKey("access-control-allow-credentials"));
    }

    [Fact]
    public async Task CORS_applies_to_errors_and_no_framework_header_is_revealed()
    {
        var answer = await _http.SendRawAsync("GET", server.Prefix + "/unknown", "", "Origin: https://x.example");
        answer.ExpectError(404);
        Assert.Equal("*", answer.Headers["access-control-allow-origin"]);
        Assert.False(answer.Headers.ContainsKey("server"));
    }

    [Fact]
    public async Task G6_Expect_continue_and_keep_alive_work()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        const string Body = """{"name":"e","data":"x","channel":"a"}""";
        var path = _http.Path("/events");
        for (var i = 0; i < 2; i++)
        {
            await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(
                $"POST {path}?{_http.Sign("POST", path, Body)} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n"));
            await socket.ReadResponseAsync();
            Assert.Equal(100, socket.Status);
            await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(Body));
            await socket.ReadResponseAsync();
            Assert.Equal(200, socket.Status);
            Assert.Equal("""{"ok":true}"""u8.ToArray(), await socket.ReadBytesAsync("""{"ok":true}""".Length));
        }
    }

    [Fact]
    public async Task Gigantic_headers_are_refused_and_the_server_stays()
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {server.WebSocketPath(TestApp.Plain)} HTTP/1.1\r\nHost: x\r\nX-Big: {new string('x', 200_000)}\r\n\r\n"));
        await socket.ReadResponseAsync();
        Assert.Equal(431, socket.Status);
    }

    [Theory]
    [InlineData(-590, 200)]
    [InlineData(590, 200)]
    [InlineData(-600, 401)]
    [InlineData(610, 401)]
    public async Task A10_A_timestamp_may_be_less_than_600_seconds_off(int seconds, int status)
    {
        var path = _http.Path("/channels");
        var query = $"auth_key=plain-Key&auth_timestamp={(long.Parse(Now, CultureInfo.InvariantCulture) + seconds).ToString(CultureInfo.InvariantCulture)}&auth_version=1.0";
        (await _http.SendRawAsync("GET", $"{path}?{query}&auth_signature={TestApp.Plain.Sign($"GET\n{path}\n{query}")}")).Expect(status);
    }

    [Fact]
    public async Task A12_The_signature_comes_before_the_MD5_and_the_MD5_before_the_app_and_the_parameters()
    {
        const string Body = """{"name":7}""";
        var path = _http.Path("/events");
        var query = _http.Sign("POST", path, "other body");
        var spoiled = query.Replace("auth_signature=", "auth_signature=0", StringComparison.Ordinal);
        Assert.StartsWith("Invalid signature", (await _http.SendRawAsync("POST", $"{path}?{spoiled}", Body)).ExpectError(401), StringComparison.Ordinal);
        Assert.StartsWith("Invalid body_md5", (await _http.SendRawAsync("POST", $"{path}?{query}", Body)).ExpectError(401), StringComparison.Ordinal);
        var disabled = new PusherHttp(server, TestApp.Disabled);
        var disabledPath = disabled.Path("/events");
        (await disabled.SendRawAsync("POST", $"{disabledPath}?{disabled.Sign("POST", disabledPath, "other")}", Body)).ExpectError(401);
        (await disabled.PostAsync("/events", Body)).ExpectError(403);
    }

    [Theory]
    [InlineData("auth_timestamp")]
    [InlineData("auth_version")]
    [InlineData("auth_signature")]
    [InlineData("body_md5")]
    public async Task A7_Repeated_parameters_of_the_authentication_are_refused(string name)
    {
        const string Body = """{"name":"e","data":"x","channel":"a"}""";
        var query = _http.Sign("POST", _http.Path("/events"), Body);
        var pair = query.Split('&').Single(part => part.StartsWith(name + "=", StringComparison.Ordinal));
        (await _http.SendRawAsync("POST", $"{_http.Path("/events")}?{query}&{pair}", Body)).ExpectError(401);
    }

    [Fact]
    public async Task G11_A_GET_may_have_a_body_which_needs_its_MD5()
    {
        (await _http.SendAsync("GET", _http.Path("/channels/a"), "{}")).Expect(200, """{"occupied":false}""");
        var path = _http.Path("/channels/a");
        (await _http.SendRawAsync("GET", $"{path}?{_http.Sign("GET", path, "")}", "{}")).ExpectError(401);
    }

    [Fact]
    public async Task A11_An_MD5_in_upper_case_is_refused() =>
        (await _http.GetAsync("/channels", ("body_md5", "D41D8CD98F00B204E9800998ECF8427E"))).ExpectError(401);
}
