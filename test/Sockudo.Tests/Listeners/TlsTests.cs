using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sockudo.Specification;
using Sockudo.Tests.Metrics;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Listeners;

/// <summary>TLS of a real server (operations.md 2.1).</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-tls-").FullName;
    private readonly PemPair _pem;

    public TlsTests() => _pem = new PemPair(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Files_change_under_load_and_no_connection_fails()
    {
        var thumbprint = _pem.Write();
        await using var server = await StartAsync();
        using var old = await ConnectAsync(server.Address);

        using var stop = new CancellationTokenSource();
        var seen = new HashSet<string>();
        var connected = 0;
        var crowd = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var socket = await ConnectAsync(server.Address, certificate =>
                {
                    lock (seen)
                        seen.Add(certificate.Thumbprint);
                });
                Interlocked.Increment(ref connected);
            }
        }).ToList();
        var all = new HashSet<string> { thumbprint };
        for (var reload = 1; reload <= 5; reload++)
        {
            var before = Volatile.Read(ref connected);
            await UntilAsync(() => Volatile.Read(ref connected) >= before + 10);
            thumbprint = _pem.Write(reload % 2 == 0 ? "ec pkcs8" : "rsa pkcs8");
            all.Add(thumbprint);
            server.Signal(PosixSignal.SIGHUP);
            await UntilAsync(() => server.Output.Count(static line => line.Contains("certificate reloaded", StringComparison.Ordinal)) == reload);
            await UntilAsync(() =>
            {
                lock (seen)
                    return seen.Contains(thumbprint);
            });
        }

        await stop.CancelAsync();
        await Task.WhenAll(crowd);
        Assert.Superset(seen, all);
        await old.SendAsync("""{"event":"pusher:ping"}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        Assert.Contains("pusher:pong", await ReceiveAsync(old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_speaks_HTTP_2_WebSockets_come_to_clients_that_offer_both_and_the_chain_is_sent()
    {
        var intermediate = _pem.WriteChain();
        await using var server = await StartAsync("metrics.enabled=true", "metrics.host=127.0.0.1", "metrics.port=0");
        foreach (var version in new[] { HttpVersion.Version20, HttpVersion.Version11 })
        {
            using var http = new HttpClient(Trusting()) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            var api = new PusherHttp(new ServerUnderTest(server.Address), TestApp.Plain);
            const string Body = """{"name":"e","data":"x","channel":"a"}""";
            var path = api.Path("/events");
            using var content = new StringContent(Body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(server.Address, $"{path}?{api.Sign("POST", path, Body)}"), content, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, answer.Version));
        }

        // As browsers and libraries do: one list of protocols for everything.
        await using var both = await HandshakeAsync(server.Address, SslProtocols.None, SslApplicationProtocol.Http11, SslApplicationProtocol.Http2);
        Assert.Equal(SslApplicationProtocol.Http2, both.NegotiatedApplicationProtocol);
        await using var old = await HandshakeAsync(server.Address, SslProtocols.None);
        await old.WriteAsync(Encoding.ASCII.GetBytes(RawWebSocket.UpgradeRequest(new ServerUnderTest(server.Address), "/app/plain-Key?protocol=7")), TestContext.Current.CancellationToken);
        var head = new byte[12];
        await old.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(head));

        var sent = new List<string>();
        using (await ConnectAsync(server.Address, chain: chain => sent.AddRange(chain.ChainPolicy.ExtraStore.Select(static certificate => certificate.Thumbprint))))
            Assert.Contains(intermediate, sent);

        var metrics = (await server.ExpectOutputAsync("is listening")).Split("metrics=")[1].Split(' ')[0];
        var expires = X509CertificateLoader.LoadCertificateFromFile(_pem.CertificatePath).NotAfter;
        Assert.Equal(
            new DateTimeOffset(expires).ToUnixTimeSeconds(), (await Scrape.OfAsync(new Uri(metrics))).Sum("sockudo_tls_certificate_expiry_timestamp_seconds"));
    }

    [Theory]
    [InlineData("1.2", true)]
    [InlineData("1.3", false)]
    public async Task Old_versions_of_TLS_are_refused(string minimum, bool hasTls12)
    {
        _pem.Write("rsa pkcs8");
        await using var server = await StartAsync($"ssl.min_version={minimum}");
        await using (var tls13 = await HandshakeAsync(server.Address, SslProtocols.Tls13))
            Assert.Equal(SslProtocols.Tls13, tls13.SslProtocol);
        if (hasTls12)
        {
            await using var tls12 = await HandshakeAsync(server.Address, SslProtocols.Tls12);
            Assert.Equal(SslProtocols.Tls12, tls12.SslProtocol);
        }
        else
        {
            await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(server.Address, SslProtocols.Tls12));
        }

#pragma warning disable CA5397, SYSLIB0039 // It must be refused.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(server.Address, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039
    }

    [Fact]
    public async Task An_expired_certificate_is_served_with_a_warning()
    {
        _pem.Write(expires: TimeSpan.FromDays(-1));
        await using var server = await StartAsync();
        Assert.Contains(server.Output, static line => line.Contains("WARN  sockudo.tls  the certificate has expired", StringComparison.Ordinal));
        using var socket = await ConnectAsync(server.Address);
    }

    [Fact]
    public async Task The_redirect_keeps_path_and_query_and_refuses_a_request_without_a_host()
    {
        _pem.Write();
        await using var server = await StartAsync("ssl.redirect_http=true", "ssl.http_port=0");
        var redirect = new ServerUnderTest(new Uri((await server.ExpectOutputAsync("redirect=")).Split("redirect=")[1].Split(' ')[0]));
        var moved = await ExchangeAsync(redirect, "POST /apps/x?a=%20b HTTP/1.1\r\nHost: example.com:8080\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 308 ", moved, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\r\nLocation: https://example.com:{server.Address.Port}/apps/x?a=%20b\r\n"), moved, StringComparison.Ordinal);
        foreach (var request in new[] { "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" })
            Assert.StartsWith("HTTP/1.1 400 ", await ExchangeAsync(redirect, request), StringComparison.Ordinal);
    }

    private static async Task<string> ExchangeAsync(ServerUnderTest server, string request)
    {
        await using var socket = await RawWebSocket.DialAsync(server);
        await socket.SendBytesAsync(Encoding.ASCII.GetBytes(request));
        await socket.ReadResponseAsync();
        return socket.Response;
    }

    private Task<SockudoProcess> StartAsync(params string[] options) =>
        SockudoProcess.StartAsync(["ssl.enabled=true", $"ssl.cert_path={_pem.CertificatePath}", $"ssl.key_path={_pem.KeyPath}", .. options]);

    // A WebSocket client that has been greeted.
    private static async Task<ClientWebSocket> ConnectAsync(Uri address, Action<X509Certificate2>? certificate = null, Action<X509Chain>? chain = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, seen, seenChain, _) =>
        {
            certificate?.Invoke((X509Certificate2)seen!);
            chain?.Invoke(seenChain!);
            return true;
        };
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{address.Port}/app/{TestApp.Plain.Key}?protocol=7"), TestContext.Current.CancellationToken);
        Assert.Contains("connection_established", await ReceiveAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1000];
        var result = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    private static async Task<SslStream> HandshakeAsync(Uri address, SslProtocols protocols, params SslApplicationProtocol[] applicationProtocols)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            ApplicationProtocols = applicationProtocols.Length > 0 ? [.. applicationProtocols] : null,
        };
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return tls;
    }

    private static SocketsHttpHandler Trusting() => new() { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, timeout.Token);
    }
}
