using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>The program as an operator meets it: start, mistakes, signals, TLS, sockets.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-process-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_start_prints_addresses_app_ids_and_where_to_point_a_client_but_no_secret()
    {
        await using var server = await SockudoProcess.StartAsync();
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(server.Address), TestApp.Plain);
        var output = string.Join('\n', server.Output);
        Assert.Contains("is listening", output, StringComparison.Ordinal);
        Assert.Contains("ids=plain chatty", output, StringComparison.Ordinal);
        Assert.Contains($"url=ws://localhost:{server.Address.Port}/app/plain-Key", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Operations_4_A_signal_sends_everybody_away_with_4200_and_the_process_ends_with_0(PosixSignal signal)
    {
        await using var server = await SockudoProcess.StartAsync("shutdown_grace_period=10");
        var target = new ServerUnderTest(server.Address);
        var connections = new List<PusherConnection>();
        for (var i = 0; i < 50; i++)
            connections.Add(await PusherConnection.ConnectAsync(target, TestApp.Plain));
        server.Signal(signal);
        // All at once: who takes more than two seconds to answer the close is cut off.
        await Task.WhenAll(connections.Select(static async connection =>
        {
            Assert.Equal("Please reconnect immediately", await connection.ExpectErrorAsync(4200));
            await connection.ExpectCloseAsync(4200);
            await connection.DisposeAsync();
        }));

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Operations_4_While_draining_up_is_503_new_connections_get_4200_and_the_API_works_and_a_second_signal_ends_at_once()
    {
        await using var server = await SockudoProcess.StartAsync("shutdown_grace_period=30");
        var target = new ServerUnderTest(server.Address);
        // A client that never answers the close keeps the server draining for two seconds.
        await using var stubborn = await PusherConnection.ConnectAsync(target, TestApp.Plain);
        server.Signal(PosixSignal.SIGTERM);
        await stubborn.ExpectErrorAsync(4200);
        var http = new PusherHttp(target, TestApp.Plain);
        var up = await http.SendRawAsync("GET", "/up");
        up.Expect(503);
        Assert.Equal("ERROR", up.Headers["x-health-check"]);
        Assert.Equal(
            """{"error":"unhealthy","checks":{"adapter":"ok","app_manager":"ok","cache":"ok","queue":"ok","rate_limiter":"ok","memory":"ok","draining":true}}""",
            up.Body);
        Assert.Equal("OK", (await http.SendRawAsync("GET", "/live")).Expect(200).Body);
        (await http.SendRawAsync("GET", "/up/plain")).Expect(503);
        (await http.GetAsync("/channels")).Expect(200);
        await using var late = await RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain));
        Assert.Contains("\"code\":4200", (await late.NextFrameAsync()).Text, StringComparison.Ordinal);
        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(1, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Mistakes_are_listed_at_once_on_standard_error_and_the_process_ends_with_78()
    {
        await using var server = SockudoProcess.Run(["--set", "port=x", "--set", "websocket.compression=true"], new Dictionary<string, string> { ["PONG_TIMEOUT"] = "0" });
        Assert.Equal(78, await server.WaitForExitAsync());
        Assert.Equal(3, server.Output.Count(static line => line.StartsWith("error: ", StringComparison.Ordinal)));
        await using var unknown = SockudoProcess.Run(["--no-such-option"]);
        Assert.Equal(78, await unknown.WaitForExitAsync());
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_with_1_and_says_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var server = SockudoProcess.Run(["--host", "127.0.0.1", "--port", $"{port}", "--set", "metrics.enabled=false"]);
        Assert.Equal(1, await server.WaitForExitAsync());
        Assert.Contains(server.Output, line => line.Contains($"cannot listen (host = 127.0.0.1, port = {port}): another process listens there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_config_prints_the_effective_configuration_and_contacts_nothing()
    {
        await using var server = SockudoProcess.Run(["--check-config", "--config", SockudoProcess.AppsFile, "--port", "7777"]);
        Assert.Equal(0, await server.WaitForExitAsync());
        var printed = string.Join('\n', server.Output);
        Assert.Contains("\"port\": 7777", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("-secret", printed, StringComparison.Ordinal);
        await using var version = SockudoProcess.Run(["-V"]);
        Assert.Equal(0, await version.WaitForExitAsync());
        await using var help = SockudoProcess.Run(["--help"]);
        Assert.Equal(0, await help.WaitForExitAsync());
        Assert.Contains(help.Output, static line => line.Contains("--check-config", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Healthcheck_asks_the_configured_listener()
    {
        await using var server = await SockudoProcess.StartAsync("path_prefix=deep");
        await using var healthy = SockudoProcess.Run(["--healthcheck", "--port", $"{server.Address.Port}", "--set", "path_prefix=/deep"]);
        Assert.Equal(0, await healthy.WaitForExitAsync());
        await using var sick = SockudoProcess.Run(["--healthcheck", "--port", $"{server.Address.Port}"]);
        Assert.Equal(1, await sick.WaitForExitAsync());
    }

    [Fact]
    public async Task A_Unix_socket_is_made_with_its_mode_replaced_when_stale_and_removed_at_the_end()
    {
        var path = Path.Combine(_directory, "deep", "s.sock");
        string[] options = ["--set", "unix_socket.enabled=true", "--set", $"unix_socket.path={path}", "--set", "unix_socket.permission_mode=600", "--set", "metrics.enabled=false"];
        // Killed, it cannot clean up.
        await using (var killed = SockudoProcess.Run(options))
            await killed.ExpectOutputAsync("is listening");
        Assert.True(File.Exists(path));

        await using var server = SockudoProcess.Run(options);
        await server.ExpectOutputAsync("is listening");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await using var healthy = SockudoProcess.Run(["--healthcheck", .. options]);
        Assert.Equal(0, await healthy.WaitForExitAsync());
        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.False(File.Exists(path));

        await File.WriteAllTextAsync(path, "precious");
        await using var refused = SockudoProcess.Run(options);
        Assert.Equal(1, await refused.WaitForExitAsync());
        Assert.Equal("precious", await File.ReadAllTextAsync(path));

        await using var misled = SockudoProcess.Run([.. options, "--set", $"unix_socket.path={_directory}"]);
        Assert.Equal(1, await misled.WaitForExitAsync());
        Assert.Contains($"error: unix_socket.path = \"{_directory}\" is a directory; give the path of a file in it", misled.Errors);
    }

    [Fact]
    public async Task A_stop_is_complete_without_the_directory_of_the_Unix_socket()
    {
        var path = Path.Combine(_directory, "swept", "s.sock");
        await using var server = SockudoProcess.Run(["--set", "unix_socket.enabled=true", "--set", $"unix_socket.path={path}", "--set", "metrics.host=127.0.0.1", "--set", "metrics.port=0"]);
        await server.ExpectOutputAsync("is listening");
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Contains(server.Output, static line => line.EndsWith("stopped", StringComparison.Ordinal));
        Assert.Empty(server.Errors);
    }

    [Fact]
    public async Task Operations_3_SIGHUP_with_TOML_nested_too_deep_changes_nothing_and_is_reported()
    {
        var file = Path.Combine(_directory, "apps.toml");
        await File.WriteAllTextAsync(file, "activity_timeout = 100");
        await using var server = SockudoProcess.Run(["--config", file, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.enabled=false"]);
        await server.ExpectOutputAsync("is listening");
        foreach (var deep in new[] { $"a{string.Concat(Enumerable.Repeat(".a", 50_000))} = 1", $"\na = {new string('[', 1000)}" })
        {
            await File.WriteAllTextAsync(file, deep);
            server.Signal(PosixSignal.SIGHUP);
            await server.ExpectOutputAsync($"nothing is changed  error={file}:{(deep[0] == 'a' ? 1 : 2)}: this is nested deeper");
        }

        server.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task TLS_serves_the_certificate_satisfies_require_tls_redirects_and_reloads_on_SIGHUP()
    {
        var (certificate, key) = (Path.Combine(_directory, "cert.pem"), Path.Combine(_directory, "key.pem"));
        var first = WriteCertificate(certificate, key);
        await using var server = await SockudoProcess.StartAsync(
            "ssl.enabled=true", $"ssl.cert_path={certificate}", $"ssl.key_path={key}", "ssl.redirect_http=true", "ssl.http_port=0");
        Assert.Equal(first, await ServedCertificateAsync(server.Address));

        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{server.Address.Port}/app/{TestApp.Tls.Key}"), TestContext.Current.CancellationToken);
        var buffer = new byte[500];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Contains("connection_established", System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count), StringComparison.Ordinal);

        var redirect = (await server.ExpectOutputAsync("redirect=")).Split("redirect=")[1];
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var moved = await plain.GetAsync(new Uri(new Uri(redirect), "/apps/x?a=%20b"));
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal($"https://127.0.0.1:{server.Address.Port}/apps/x?a=%20b", moved.Headers.Location!.OriginalString);

        var second = WriteCertificate(certificate, key);
        server.Signal(PosixSignal.SIGHUP);
        await server.ExpectOutputAsync("certificate reloaded");
        Assert.Equal(second, await ServedCertificateAsync(server.Address));
        await File.WriteAllTextAsync(key, "nonsense");
        server.Signal(PosixSignal.SIGHUP);
        await server.ExpectOutputAsync("the old one is kept");
        Assert.Equal(second, await ServedCertificateAsync(server.Address));
    }

    [Fact]
    public async Task Operations_3_SIGHUP_reads_the_apps_again_and_a_broken_file_changes_nothing()
    {
        var file = Path.Combine(_directory, "apps.json");
        await File.WriteAllTextAsync(file, Apps("""{"id":"plain","key":"plain-Key","secret":"plain-secret"}""", """{"id":"chatty","key":"chatty-Key","secret":"chatty-secret"}"""));
        await using var server = SockudoProcess.Run(["--config", file, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.enabled=false"]);
        var started = await server.ExpectOutputAsync("is listening");
        var target = new ServerUnderTest(new Uri(started.Split("addresses=")[1].Split(' ')[0]));
        await using var plain = await PusherConnection.ConnectAsync(target, TestApp.Plain);
        await using var chatty = await PusherConnection.ConnectAsync(target, TestApp.Chatty);
        await plain.SubscribeAsync("private-a");

        await File.WriteAllTextAsync(file, "{");
        server.Signal(PosixSignal.SIGHUP);
        await server.ExpectOutputAsync("nothing is changed");
        await plain.ExpectNothingAsync();

        await File.WriteAllTextAsync(
            file,
            Apps("""{"id":"plain","key":"plain-Key","secret":"plain-secret","enable_client_messages":true}""", """{"id":"counting","key":"counting-Key","secret":"counting-secret"}""")
                .Replace("""{"app_manager""", """{"pong_timeout":7,"app_manager""", StringComparison.Ordinal));
        server.Signal(PosixSignal.SIGHUP);
        await server.ExpectOutputAsync("apps reloaded");
        await chatty.ExpectErrorAndCloseAsync(4001);
        await using var added = await PusherConnection.ConnectAsync(target, TestApp.Counting);
        await plain.SendClientEventAsync("client-x", "private-a", "{}");
        await plain.ExpectNothingAsync();
        await server.ExpectOutputAsync("needs a restart  key=pong_timeout");

        static string Apps(params string[] apps) => $$$$"""{"app_manager":{"array":{"apps":[{{{{string.Join(',', apps)}}}}]}}}""";
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_ends_with_1()
    {
        await using var server = SockudoProcess.Run(["--set", "ssl.enabled=true", "--set", "ssl.cert_path=/none", "--set", "ssl.key_path=/none", "--set", "metrics.enabled=false"]);
        Assert.Equal(1, await server.WaitForExitAsync());
        Assert.Contains(server.Output, static line => line.StartsWith("error: the certificate cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_have_a_listener_of_their_own()
    {
        await using var server = SockudoProcess.Run(["--host", "127.0.0.1", "--port", "0", "--set", "metrics.host=127.0.0.1", "--set", "metrics.port=0"]);
        var line = await server.ExpectOutputAsync("is listening");
        var address = new Uri(line.Split("metrics=")[1].Split(' ')[0]);
        using var http = new HttpClient();
        var response = await http.GetAsync(new Uri(address, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("sockudo_build_info", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(address, "/other"))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(new Uri(address, "/metrics"), null)).StatusCode);
    }

    [Fact]
    public async Task The_rate_limiter_counts_connects_and_requests_per_address()
    {
        await using var server = await SockudoProcess.StartAsync(
            "rate_limiter.enabled=true", "rate_limiter.api_rate_limit.max_requests=2", "rate_limiter.websocket_rate_limit.max_requests=2");
        var target = new ServerUnderTest(server.Address);
        var http = new PusherHttp(target, TestApp.Plain);
        Assert.Equal("1", (await http.GetAsync("/channels")).Headers["x-ratelimit-remaining"]);
        await http.SendRawAsync("GET", "/up");
        (await http.GetAsync("/channels")).Expect(200);
        var refused = await http.GetAsync("/channels");
        Assert.Equal("Rate limit exceeded", refused.ExpectError(429));
        Assert.Equal(refused.Headers["x-ratelimit-reset"], refused.Headers["retry-after"]);
        Assert.Equal("*", refused.Headers["access-control-allow-origin"]);

        for (var i = 0; i < 2; i++)
        {
            await using var connection = await RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain));
            Assert.Contains($"x-ratelimit-remaining: {1 - i}\r\n", connection.Response, StringComparison.Ordinal);
        }

        await using var third = await RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain));
        Assert.Equal(101, third.Status);
        Assert.Contains("\"code\":4100", (await third.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(4100, (await third.NextFrameAsync()).CloseCode);
    }

    [Fact]
    public async Task A_roster_larger_than_the_bound_of_the_queue_is_delivered_to_a_client_that_reads()
    {
        await using var server = await SockudoProcess.StartAsync("websocket.max_pending_bytes=204800");
        var target = new ServerUnderTest(server.Address);
        var channel = ServerUnderTest.Unique("presence-");
        // Two thousand bytes each, and every quote is escaped in the roster.
        var info = $"{{{string.Join(',', Enumerable.Range(0, 220).Select(static number => $"\"k{number}\":0"))}}}";
        var connections = new List<PusherConnection>();
        for (var i = 1; i <= 100; i++)
        {
            connections.Add(await PusherConnection.ConnectAsync(target, TestApp.Plain));
            var roster = await connections[^1].JoinAsync(channel, $"user-{i}", info);
            Assert.Equal(i, (int?)roster["presence"]!["count"]);
        }

        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task Above_the_memory_threshold_up_is_503_and_new_connections_get_4100()
    {
        await using var server = await SockudoProcess.StartAsync("http_api.accept_traffic.memory_threshold=0.000001");
        var target = new ServerUnderTest(server.Address);
        var up = await new PusherHttp(target, TestApp.Plain).SendRawAsync("GET", "/up");
        up.Expect(503);
        Assert.Equal("over_threshold", (string?)up.Json["checks"]!["memory"]);
        await using var socket = await RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain));
        Assert.Contains("\"code\":4100", (await socket.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(4100, (await socket.NextFrameAsync()).CloseCode);
    }

    [Fact]
    public async Task The_node_s_own_limit_of_connections_is_exact()
    {
        await using var server = await SockudoProcess.StartAsync("websocket.max_connections=3");
        var target = new ServerUnderTest(server.Address);
        var sockets = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain))));
        var greetings = await Task.WhenAll(sockets.Select(static socket => socket.NextFrameAsync()));
        Assert.Equal(3, greetings.Count(static frame => frame.Text.Contains("connection_established", StringComparison.Ordinal)));
        Assert.Equal(7, greetings.Count(static frame => frame.Text.Contains("\"code\":4100", StringComparison.Ordinal)));
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    private static string WriteCertificate(string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(100));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }

    private static async Task<string> ServedCertificateAsync(Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        return ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;
    }
}
