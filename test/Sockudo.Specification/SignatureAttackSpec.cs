using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>Attempts to get past the signature of a request, with everything but the secret: captured requests, another app's credentials, and all spellings.</summary>
public abstract class SignatureAttackSpec(ServerUnderTest server)
{
    private const string Body = """{"name":"e","data":"x","channel":"a"}""";

    private readonly PusherHttp _http = new(server, TestApp.Plain);

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("soc%E2%84%AAet_id=1.1")]
    [InlineData("soc\u212Aet_id=1.1")]
    public async Task No_look_alike_of_a_name_stands_in_for_it(string parameter)
    {
        // Signed with a socket_id; the attacker hides it from the server, so that the excluded client gets the event too.
        var path = _http.Path("/events");
        const string Unbound = """{"name":"e","data":"x","channel":"a"}""";
        var query = _http.Sign("POST", path, Unbound, ("socket_id", "1.1"));
        (await _http.SendRawAsync("POST", $"{path}?{query}", Unbound)).Expect(200);
        await using var socket = await RawWebSocket.DialAsync(server);
        var target = $"{path}?{query.Replace("socket_id=1.1", parameter, StringComparison.Ordinal)}";
        await socket.SendBytesAsync(Encoding.UTF8.GetBytes($"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {Unbound.Length}\r\n\r\n{Unbound}"));
        await socket.ReadResponseAsync();
        Assert.InRange(socket.Status, 400, 401);
    }

    [Theory]
    [InlineData("auth%5Fkey=plain-Key")]
    [InlineData("AUTH_KEY=chatty-Key")]
    [InlineData("%61uth_timestamp=1")]
    [InlineData("auth%5Ftimestamp=99999999999")]
    [InlineData("Auth_Version=2.0")]
    [InlineData("body%5fmd5=d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("auth_signatur%65=00")]
    [InlineData("AUTH_SIGNATURE=")]
    public async Task No_parameter_of_the_authentication_comes_a_second_time_however_it_is_spelled(string second)
    {
        var path = _http.Path("/events");
        var query = _http.Sign("POST", path, Body);
        (await _http.SendRawAsync("POST", $"{path}?{query}&{second}", Body)).ExpectError(401);
        (await _http.SendRawAsync("POST", $"{path}?{second}&{query}", Body)).ExpectError(401);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("{0}0")]
    [InlineData("{0}%00")]
    [InlineData("{0}+")]
    [InlineData("+{0}")]
    [InlineData("0x{0}")]
    [InlineData("{1}")]
    [InlineData("{2}")]
    [InlineData("{0}{0}")]
    public async Task Nothing_but_the_64_digits_is_a_signature(string form)
    {
        var query = _http.Sign("GET", _http.Path("/channels"), "");
        var at = query.LastIndexOf('=') + 1;
        var genuine = query[at..];
        // Full-width digits are digits elsewhere.
        var wide = Uri.EscapeDataString(string.Concat(genuine.Select(static c => char.IsAsciiDigit(c) ? (char)(c - '0' + '\uFF10') : c)));
        var given = form.Replace("{0}", genuine, StringComparison.Ordinal).Replace("{1}", genuine[..63], StringComparison.Ordinal).Replace("{2}", wide, StringComparison.Ordinal);
        (await _http.SendRawAsync("GET", $"{_http.Path("/channels")}?{query[..at]}{given}")).ExpectError(401);
        // As an array it is another parameter.
        (await _http.SendRawAsync("GET", $"{_http.Path("/channels")}?{query.Replace("auth_signature", "auth_signature[]", StringComparison.Ordinal)}")).ExpectError(401);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("%2B{0}")]
    [InlineData("{0}.0")]
    [InlineData("{0}e0")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999")]
    [InlineData("%D9%A1%D9%A7")]
    public async Task A_captured_request_is_worth_nothing_outside_the_window(string form)
    {
        var path = _http.Path("/channels");
        var old = (Now - 601).ToString(CultureInfo.InvariantCulture);
        var timestamp = form.Replace("{0}", old, StringComparison.Ordinal);
        var signed = Uri.UnescapeDataString(timestamp);
        var signature = TestApp.Plain.Sign($"GET\n{path}\nauth_key=plain-Key&auth_timestamp={signed}&auth_version=1.0");
        Assert.StartsWith(
            "Timestamp expired", (await _http.SendRawAsync("GET", $"{path}?auth_key=plain-Key&auth_timestamp={timestamp}&auth_version=1.0&auth_signature={signature}")).ExpectError(401),
            StringComparison.Ordinal);
        // A fresh timestamp beside it, in whatever form, was not signed.
        var both = $"{path}?auth_key=plain-Key&auth_timestamp={Now}&auth_timestamp[]={old}&auth_version=1.0&auth_signature=";
        (await _http.SendRawAsync("GET", both + signature)).ExpectError(401);
    }

    [Fact]
    public async Task A_captured_request_opens_nothing_else()
    {
        var path = _http.Path("/events");
        var query = _http.Sign("POST", path, Body);
        (await _http.SendRawAsync("POST", $"{path}?{query}", Body)).Expect(200);
        (await _http.SendRawAsync("POST", $"{path}?{query}", Body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal))).ExpectError(401);
        (await _http.SendRawAsync("POST", $"{path}?{query}&socket_id=1.1", Body)).ExpectError(401);
        (await _http.SendRawAsync("POST", $"{_http.Path("/batch_events")}?{query}", Body)).ExpectError(401);
        (await _http.SendRawAsync("POST", $"{_http.Path("/channels/a/events")}?{query}", Body)).ExpectError(401);
        var get = _http.Sign("GET", _http.Path("/channels"), "");
        (await _http.SendRawAsync("GET", $"{_http.Path("/channels")}?{get}&info=subscription_count")).ExpectError(401);
        (await _http.SendRawAsync("GET", $"{_http.Path("/channels/a")}?{get}")).ExpectError(401);
        Assert.Equal(401, (await _http.SendRawAsync("HEAD", $"{_http.Path("/channels")}?{get}")).Status);
        // Methods in headers are nobody's here.
        (await _http.SendRawAsync("GET", $"{path}?{query}", "", "X-HTTP-Method-Override: POST")).ExpectError(405);
    }

    [Theory]
    [InlineData("channel=doubled-victim")]
    [InlineData("CHANNEL=doubled-victim")]
    [InlineData("ch%61nnel=doubled-victim")]
    [InlineData("ch%61nnel=doubled%2Dvictim")]
    [InlineData("name=evil")]
    [InlineData("data=evil")]
    [InlineData("Socket%5Fid=1.1")]
    [InlineData("info=evil")]
    public async Task What_stands_in_front_of_a_captured_parameter_is_not_signed_and_not_used(string second)
    {
        // A-7.
        await using var client = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await client.SubscribeAsync("doubled");
        await client.SubscribeAsync("doubled-victim");
        await using var excluded = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await excluded.SubscribeAsync("doubled");
        var path = _http.Path("/events");
        var query = _http.Sign(
            "POST", path, "", ("channel", "doubled"), ("name", "e"), ("data", "hello"), ("socket_id", excluded.SocketId), ("info", "subscription_count"));
        Assert.Contains("subscription_count", (await _http.SendRawAsync("POST", $"{path}?{second}&{query}")).Expect(200).Body, StringComparison.Ordinal);
        await client.ExpectAsync("""{"event":"e","data":"hello","channel":"doubled"}""");
        await client.ExpectNothingAsync();
        await excluded.ExpectNothingAsync();
        (await _http.SendRawAsync("POST", $"{path}?{query}&{second}")).ExpectError(401);
    }

    [Theory]
    [InlineData("info=evil")]
    [InlineData("filter_by_prefix=evil")]
    public async Task What_stands_in_front_of_a_captured_question_changes_nothing(string second)
    {
        await using var client = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await client.JoinAsync("presence-doubled", "ann");
        var path = _http.Path("/channels");
        var query = _http.Sign("GET", path, "", ("filter_by_prefix", "presence-doubled"), ("info", "user_count"));
        (await _http.SendRawAsync("GET", $"{path}?{second}&{query}")).Expect(200, """{"channels":{"presence-doubled":{"user_count":1}}}""");
    }

    [Theory]
    [InlineData("channels[]=b")]
    [InlineData("CHANNELS%5b%5D=b")]
    [InlineData("channels%5B%5D=b")]
    public async Task Nothing_is_added_to_a_captured_array_however_it_was_signed(string second)
    {
        var path = _http.Path("/events");
        foreach (var brackets in new[] { "[]", "%5B%5D" })
        {
            var rest = $"channels{brackets}=a&data=x&name=e";
            foreach (var signed in new[] { rest.Replace("%5B%5D", "[]", StringComparison.Ordinal), rest.Replace("%5B%5D", "%5b%5d", StringComparison.Ordinal) })
            {
                var auth = $"auth_key=plain-Key&auth_timestamp={Now}&auth_version=1.0";
                var query = $"{rest}&{auth}&auth_signature={TestApp.Plain.Sign($"POST\n{path}\n{auth}&{signed}")}";
                (await _http.SendRawAsync("POST", $"{path}?{query}")).Expect(200);
                (await _http.SendRawAsync("POST", $"{path}?{second}&{query}")).ExpectError(401);
                (await _http.SendRawAsync("POST", $"{path}?{query}&{second}")).ExpectError(401);
            }
        }
    }

    [Theory]
    [InlineData("/apps/chatty/../plain/channels")]
    [InlineData("/apps/chatty/%2e%2e/plain/channels")]
    [InlineData("/apps/chatty%2f..%2fplain/channels")]
    [InlineData("/apps/./plain/channels")]
    [InlineData("//apps/plain/channels")]
    [InlineData("/apps//plain/channels")]
    [InlineData("/apps/plain//channels")]
    [InlineData("/apps/plain/channels/")]
    [InlineData("/apps/plain/channels;x")]
    [InlineData("/apps/plain/channels%2f")]
    [InlineData("/apps/plain/channels%00")]
    [InlineData("/apps/plain%2fchannels")]
    [InlineData("/APPS/plain/channels")]
    [InlineData("/apps/Plain/channels")]
    [InlineData("/apps/plain%20/channels")]
    [InlineData("/%61pps/plain/channels")]
    [InlineData("/apps\\plain\\channels")]
    public async Task A_path_means_what_it_says_and_nothing_is_normalised_behind_the_signature(string path)
    {
        // Even if somebody has signed it: it is no path of this app.
        foreach (var app in new[] { TestApp.Plain, TestApp.Chatty })
        {
            var http = new PusherHttp(server, app);
            foreach (var signed in new[] { path, Uri.UnescapeDataString(path), "/apps/plain/channels" })
            {
                var answer = await http.SendRawAsync("GET", $"{server.Prefix}{path}?{http.Sign("GET", server.Prefix + signed, "")}");
                Assert.True(answer.Status is 400 or 404, $"{path} is {answer.Status}: {answer.Body}");
            }
        }
    }

    [Fact]
    public async Task Who_has_not_signed_is_refused_before_the_body_is_taken()
    {
        // Ten MiB are announced and never come.
        foreach (var query in new[] { "", "?auth_key=plain-Key", "?" + _http.Sign("POST", _http.Path("/events"), Body).Replace("auth_signature=", "auth_signature=0", StringComparison.Ordinal) })
        {
            await using var socket = await RawWebSocket.DialAsync(server);
            await socket.SendBytesAsync(Encoding.ASCII.GetBytes($"POST {_http.Path("/events")}{query} HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n"));
            await socket.ReadResponseAsync();
            Assert.Equal(401, socket.Status);
        }
    }

    [Fact]
    public async Task The_credentials_of_one_app_open_no_endpoint_of_another()
    {
        var description = JsonNode.Parse((await _http.SendRawAsync("GET", server.Prefix + "/openapi.json")).Expect(200).Body)!;
        var tried = 0;
        foreach (var (template, operations) in description["paths"]!.AsObject())
        {
            if (!template.StartsWith("/apps/{app_id}/", StringComparison.Ordinal))
                continue;
            var path = server.Prefix + template.Replace("{app_id}", "plain", StringComparison.Ordinal)
                .Replace("{channel}", "presence-a", StringComparison.Ordinal).Replace("{user_id}", "ann", StringComparison.Ordinal);
            foreach (var method in operations!.AsObject().Select(static operation => operation.Key.ToUpperInvariant()).Where(static method => method is "GET" or "POST"))
            {
                var body = method == "POST" ? Body : "";
                var foreign = new PusherHttp(server, TestApp.Chatty).Sign(method, path, body);
                Assert.Equal("Unknown auth_key", (await _http.SendRawAsync(method, $"{path}?{foreign}", body)).ExpectError(401));
                // With the right key under the wrong secret.
                var forged = new PusherHttp(server, TestApp.Plain with { Secret = TestApp.Chatty.Secret }).Sign(method, path, body);
                Assert.StartsWith("Invalid signature", (await _http.SendRawAsync(method, $"{path}?{forged}", body)).ExpectError(401), StringComparison.Ordinal);
                // With all of another app's, where its own path is meant.
                var own = new PusherHttp(server, TestApp.Chatty).Sign(method, path.Replace("/apps/plain/", "/apps/chatty/", StringComparison.Ordinal), body);
                (await _http.SendRawAsync(method, $"{path}?{own}", body)).ExpectError(401);
                (await _http.SendRawAsync(method, path, body)).ExpectError(401);
                tried++;
            }
        }

        Assert.True(tried >= 8, $"only {tried} endpoints were found");
    }
}
