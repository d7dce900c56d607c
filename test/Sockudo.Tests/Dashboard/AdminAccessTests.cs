using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>Who is let in to the dashboard, and who is not.</summary>
public sealed class AdminAccessTests(AdminServer fixture) : IClassFixture<AdminServer>
{
    private const string Terminate = "api/v1/apps/plain/connections/1.2/terminate";

    [Theory]
    [InlineData("GET", "overview")]
    [InlineData("GET", "apps")]
    [InlineData("GET", "apps/plain")]
    [InlineData("GET", "apps/plain/channels")]
    [InlineData("GET", "apps/plain/connections")]
    [InlineData("GET", "events")]
    [InlineData("GET", "webhooks")]
    [InlineData("GET", "webhooks/dead-letters")]
    [InlineData("GET", "cluster")]
    [InlineData("GET", "nothing")]
    [InlineData("POST", "apps/plain/events")]
    [InlineData("POST", "apps/plain/connections/1.2/terminate")]
    [InlineData("POST", "webhooks/dead-letters/retry")]
    [InlineData("DELETE", "webhooks/dead-letters")]
    public async Task Strangers_are_told_nothing(string method, string path)
    {
        using var stranger = new AdminClient(fixture.Address, ("X-Sockudo-Dashboard", "1"));
        Assert.StartsWith("""{"error":"Sign in first""", await stranger.ExpectAsync(401, method, "api/v1/" + path), StringComparison.Ordinal);
        await stranger.ExpectAsync(401, method, "api/v1/" + path, null, ("Cookie", $"sockudo-dashboard-{fixture.Address.Port}=0123"));
    }

    [Fact]
    public async Task The_page_is_served_with_headers_that_allow_nothing_but_its_own_files()
    {
        using var stranger = new AdminClient(fixture.Address);
        using var page = await stranger.SendAsync("GET", "");
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        await stranger.ExpectAsync(304, "GET", "", null, ("If-None-Match", page.Headers.ETag!.Tag));
        foreach (var file in new[] { "main.js", "style.css", "icon.svg", "views/events.js" })
            Assert.NotEmpty(await stranger.ExpectAsync(200, "GET", file));
        await stranger.ExpectAsync(404, "GET", "views/none.js");
        await stranger.ExpectAsync(405, "POST", "main.js");
        Assert.Equal("""{"needs_sign_in":true,"is_signed_in":false,"node":null,"version":null}""", await stranger.ExpectAsync(200, "GET", "api/v1/session"));
    }

    [Theory]
    [InlineData("/../appsettings.json")]
    [InlineData("/views/../main.js")]
    [InlineData("/views/%2e%2e/main.js")]
    [InlineData("/..%2f..%2f..%2fetc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..\\..\\etc\\passwd")]
    [InlineData("/views/")]
    [InlineData("/views")]
    [InlineData("/etc/passwd")]
    [InlineData("/main.js%00.html")]
    [InlineData("/MAIN.JS")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/../../main.js")]
    [InlineData("/api/v1/apps/%2e%2e/overview")]
    [InlineData("http://evil.example/etc/passwd")]
    public async Task There_are_the_page_s_own_files_and_no_way_to_others(string target)
    {
        var raw = new PusherHttp(new ServerUnderTest(new Uri(fixture.Address.GetLeftPart(UriPartial.Authority))), TestApp.Plain);
        var answer = await raw.SendRawAsync("GET", target);
        Assert.True(answer.Status is 400 or 401 or 404, $"{target} is {answer.Status}: {answer.Body}");
        Assert.DoesNotContain("root:", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AdminClient.Password)]
    [InlineData(AdminClient.Token)]
    public async Task A_password_or_the_token_opens_a_session_that_ends_when_it_is_ended(string secret)
    {
        using var stranger = new AdminClient(fixture.Address, ("X-Sockudo-Dashboard", "1"));
        using var answer = await stranger.SendAsync("POST", "api/v1/session", $$"""{"password":"{{secret}}"}""");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=43200", cookie, StringComparison.OrdinalIgnoreCase);
        var session = ("Cookie", (string?)cookie.Split(';')[0]);
        Assert.Contains("\"is_signed_in\":true,\"node\":\"node-a\"", await stranger.ExpectAsync(200, "GET", "api/v1/session", null, session), StringComparison.Ordinal);
        await stranger.ExpectAsync(200, "GET", "api/v1/overview", null, session);
        await stranger.ExpectAsync(204, "DELETE", "api/v1/session", null, session);
        await stranger.ExpectAsync(401, "GET", "api/v1/overview", null, session);
    }

    [Fact]
    public async Task Scripts_show_the_token_and_not_the_password()
    {
        using var script = AdminClient.Script(fixture.Address);
        await script.ExpectAsync(200, "GET", "api/v1/overview");
        await script.ExpectAsync(404, "POST", Terminate);
        await script.ExpectAsync(401, "GET", "api/v1/overview", null, ("Authorization", $"Bearer {AdminClient.Password}"));
    }

    [Theory]
    [InlineData("X-Sockudo-Dashboard", null)]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Another_site_cannot_make_a_browser_that_has_signed_in_change_anything(string name, string? value)
    {
        using var browser = await AdminClient.BrowserAsync(fixture.Address);
        await browser.ExpectAsync(404, "POST", Terminate);
        await browser.ExpectAsync(403, "POST", Terminate, null, (name, value));
        await browser.ExpectAsync(403, "DELETE", "api/v1/session", null, (name, value));
        await browser.ExpectAsync(403, "POST", "api/v1/session", "{}", (name, value));
        if (value is not null)
            await browser.ExpectAsync(403, "GET", "api/v1/overview", null, (name, value));
        await browser.ExpectAsync(200, "GET", "api/v1/overview");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"password":7}""")]
    [InlineData("""{"password":"\ud800"}""")]
    public async Task What_is_no_password_is_refused(string body)
    {
        using var stranger = new AdminClient(fixture.Address, ("X-Sockudo-Dashboard", "1"));
        await stranger.ExpectAsync(400, "POST", "api/v1/session", body);
        await stranger.ExpectAsync(400, "POST", "api/v1/session", $$"""{"password":"{{new string('x', 10_000)}}"}""");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("-1")]
    [InlineData("7FFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFF")]
    public async Task A_body_that_breaks_is_the_sender_s_mistake_and_no_line_in_the_log(string size)
    {
        // The first piece is sent on its own, so that the rest comes while it is read.
        await using var socket = await RawWebSocket.DialAsync(new ServerUnderTest(new Uri(fixture.Address.GetLeftPart(UriPartial.Authority))));
        await socket.SendBytesAsync("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nX-Sockudo-Dashboard: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"u8.ToArray());
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes($"{size}\r\nabc\r\n0\r\n\r\n"));
        await socket.ReadResponseAsync();
        Assert.Equal(400, socket.Status);
        Assert.DoesNotContain(fixture.Log, static line => line.Contains("could not be answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Passwords_and_tokens_can_be_guessed_a_few_times_only_and_who_is_in_is_not_disturbed()
    {
        await using var server = await SockudoProcess.StartAsync(
            "dashboard.enabled=true", "dashboard.port=0", $"dashboard.password={AdminClient.Password}", $"dashboard.token={AdminClient.Token}");
        var address = await AdminClient.AddressOfAsync(server);
        using var browser = await AdminClient.BrowserAsync(address);
        using var stranger = new AdminClient(address, ("X-Sockudo-Dashboard", "1"));
        // All at once: bounded all the same.
        var guesses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            using var answer = i % 2 == 0
                ? await stranger.SendAsync("POST", "api/v1/session", """{"password":"wrong"}""")
                : await stranger.SendAsync("GET", "api/v1/overview", null, ("Authorization", "Bearer wrong"));
            return (int)answer.StatusCode;
        }));
        Assert.Equal(10, guesses.Count(static status => status == 401));
        Assert.Equal(20, guesses.Count(static status => status == 429));
        await stranger.ExpectAsync(429, "POST", "api/v1/session", $$"""{"password":"{{AdminClient.Password}}"}""");
        await stranger.ExpectAsync(429, "GET", "api/v1/overview", null, ("Authorization", $"Bearer {AdminClient.Token}"));
        await browser.ExpectAsync(200, "GET", "api/v1/overview");
        while (server.Output.Count(IsRefusal) < 10)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(10, server.Output.Count(IsRefusal));
        Assert.DoesNotContain(server.Output, static line => line.Contains(AdminClient.Password, StringComparison.Ordinal) || line.Contains(AdminClient.Token, StringComparison.Ordinal));

        static bool IsRefusal(string line) => line.Contains("for the dashboard  address=127.0.0.1", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_password_and_token_it_is_for_browsers_on_this_machine_only()
    {
        await using var server = await SockudoProcess.StartAsync("dashboard.enabled=true", "dashboard.port=0", "mode=development");
        var address = await AdminClient.AddressOfAsync(server);
        using var anybody = new AdminClient(address);
        Assert.Contains("\"needs_sign_in\":false,\"is_signed_in\":true", await anybody.ExpectAsync(200, "GET", "api/v1/session"), StringComparison.Ordinal);
        await anybody.ExpectAsync(200, "GET", "api/v1/overview", null, ("Host", $"localhost:{address.Port}"));
        await anybody.ExpectAsync(403, "POST", Terminate);
        await anybody.ExpectAsync(404, "POST", Terminate, null, ("X-Sockudo-Dashboard", "1"));
        // A name of somebody's own that points here, and a proxy that lets everybody in.
        await anybody.ExpectAsync(403, "GET", "api/v1/overview", null, ("Host", $"evil.example:{address.Port}"));
        await anybody.ExpectAsync(403, "GET", "", null, ("Host", $"127.0.0.1.evil.example:{address.Port}"));
        foreach (var header in new[] { "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Forwarded", "Forwarded", "X-Real-IP", "Via" })
        {
            await anybody.ExpectAsync(403, "GET", "api/v1/overview", null, (header, "1.1 proxy"));
            await anybody.ExpectAsync(403, "GET", "", null, (header, "1.1 proxy"));
        }

        // It does not hold the end up.
        using var tail = await anybody.SendAsync("GET", "api/v1/events");
        Assert.Equal(HttpStatusCode.OK, tail.StatusCode);
        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_is_off_unless_enabled_and_does_not_answer_on_the_main_listener()
    {
        await using var server = await SockudoProcess.StartAsync($"dashboard.password={AdminClient.Password}");
        Assert.DoesNotContain(server.Output, static line => line.Contains("the dashboard is at", StringComparison.Ordinal));
        var http = new PusherHttp(new ServerUnderTest(server.Address), TestApp.Plain);
        (await http.SendRawAsync("GET", "/api/v1/overview")).Expect(404);
    }
}
