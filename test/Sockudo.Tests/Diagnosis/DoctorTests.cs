using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Diagnosis;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Diagnosis;

/// <summary><c>sockudo doctor</c>, by the mistakes that it is there for: each is made for real.</summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-doctor-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_machine_and_a_configuration_without_mistakes_are_well()
    {
        var doctor = await Doctor.RunAsync([]);
        Assert.Equal(0, doctor.ExitCode);
        doctor.Expect("configuration", "ok", "apps.json");
        doctor.Expect("port", "ok", "a free port is taken");
        doctor.Expect("adapter", "ok", "local: nothing to reach");
        Assert.Contains("may be used", doctor["memory"].Seen, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains("connections to one address", doctor["sysctl local ports"].Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_the_configuration_are_findings_with_78()
    {
        var doctor = await Doctor.RunAsync([], "adapter.driver=redis2");
        Assert.Equal(78, doctor.ExitCode);
        var problem = Assert.Single(doctor.Checks, static check => check.Verdict == "problem");
        Assert.Contains("unknown driver; use one of", problem.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_of_OpenTelemetry_that_would_stop_the_start_is_a_problem()
    {
        var doctor = await Doctor.RunAsync(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://c:4317", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "carrier-pigeon" }, []);
        Assert.Equal(78, doctor.ExitCode);
        Assert.Contains("carrier-pigeon", Assert.Single(doctor.Checks, static check => check.Verdict == "problem").Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_connections_than_files_are_a_problem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs getrlimit");
        var doctor = await Doctor.RunAsync([], "websocket.max_connections=2000000000");
        Assert.Equal(1, doctor.ExitCode);
        doctor.Expect("open files", "problem", "websocket.max_connections = 2000000000");
        Assert.Contains("LimitNOFILE", doctor["open files"].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_problem_unless_a_Sockudo_has_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var dashboardTaken = new TcpListener(IPAddress.Loopback, 0);
        dashboardTaken.Start();
        var dashboard = ((IPEndPoint)dashboardTaken.LocalEndpoint).Port;
        // Nobody is accepted there, so nobody answers either.
        var other = await Doctor.RunAsync(
            [], "metrics.enabled=true", "metrics.host=127.0.0.1", $"metrics.port={port}", "dashboard.enabled=true", $"dashboard.port={dashboard}");
        Assert.Equal(1, other.ExitCode);
        other.Expect("metrics.port", "problem", $"{port} is taken: process {Environment.ProcessId}");
        other.Expect("dashboard.port", "problem", $"{dashboard} is taken: process {Environment.ProcessId}");

        dashboardTaken.Stop();
        await using var server = await SockudoProcess.StartAsync("dashboard.enabled=true", $"dashboard.port={dashboard}", "dashboard.password=a long sentence is best");
        var own = await Doctor.RunAsync(["--port", $"{server.Address.Port}"], "dashboard.enabled=true", $"dashboard.port={dashboard}");
        Assert.Equal(0, own.ExitCode);
        own.Expect("dashboard.port", "ok", $"{dashboard} is served by a running Sockudo, process {server.Id}");
        own.Expect("port", "ok", $"{server.Address.Port} is served by a running Sockudo, process {server.Id}");
        Assert.StartsWith($"the running server, process {server.Id}", own["open files"].Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Unix_socket_is_looked_at_and_a_file_in_its_place_is_left_alone()
    {
        var path = Path.Combine(_directory, "s.sock");
        (await Doctor.RunAsync([], "unix_socket.enabled=true", $"unix_socket.path={path}")).Expect("unix_socket.path", "ok", "is free");
        await File.WriteAllTextAsync(path, "precious", TestContext.Current.CancellationToken);
        var doctor = await Doctor.RunAsync([], "unix_socket.enabled=true", $"unix_socket.path={path}");
        Assert.Equal((1, "problem"), (doctor.ExitCode, doctor["unix_socket.path"].Verdict));
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData(-10, -1, "certificate validity", "problem", "has expired")]
    [InlineData(-10, 5, "certificate validity", "warning", "4 days left")]
    [InlineData(-10, 90, "certificate chain", "warning", "it has signed itself")]
    [InlineData(-10, 90, "certificate names", "ok", "matches its key and is for rt.example, 10.0.0.7")]
    public async Task A_certificate_is_judged_by_its_names_its_time_and_its_chain(int from, int until, string check, string verdict, string seen)
    {
        var (certificate, key) = WriteCertificate("cert", from, until);
        (await Doctor.RunAsync([], "ssl.enabled=true", $"ssl.cert_path={certificate}", $"ssl.key_path={key}")).Expect(check, verdict, seen);
    }

    [Fact]
    public async Task A_key_of_another_certificate_and_a_chain_in_disorder_are_problems()
    {
        var (certificate, key) = WriteCertificate("one", -1, 90);
        var (stranger, otherKey) = WriteCertificate("two", -1, 90);
        var wrong = await Doctor.RunAsync([], "ssl.enabled=true", $"ssl.cert_path={certificate}", $"ssl.key_path={otherKey}");
        Assert.Equal(1, wrong.ExitCode);
        wrong.Expect("certificate", "problem", "the certificate cannot be used");

        await File.AppendAllTextAsync(certificate, await File.ReadAllTextAsync(stranger, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var disordered = await Doctor.RunAsync([], "ssl.enabled=true", $"ssl.cert_path={certificate}", $"ssl.key_path={key}");
        disordered.Expect("certificate chain", "problem", "is not the issuer of certificate 1");
    }

    [Fact]
    public async Task A_Redis_with_another_password_is_named_with_its_keys_and_without_the_password()
    {
        await using var redis = await RedisServer.StartAsync("requirepass right-one");
        var doctor = await Doctor.RunAsync([], "queue.driver=redis", $"database.redis.url=redis://:wrong-one@127.0.0.1:{redis.Port}");
        Assert.Equal(1, doctor.ExitCode);
        doctor.Expect("queue", "problem", "does not accept user and password (database.redis.url)");
        Assert.DoesNotContain(doctor.Checks, static check => $"{check.Seen}{check.Advice}".Contains("wrong-one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Redis_is_asked_for_its_clock_and_whether_it_would_lose_jobs_and_nothing_is_written_to_it()
    {
        await using var redis = await RedisServer.StartAsync("maxmemory 100mb", "maxmemory-policy allkeys-lru");
        string[] all = ["adapter.driver=redis", "cache.driver=redis", "queue.driver=redis", "rate_limiter.driver=redis", $"database.redis.url=redis://127.0.0.1:{redis.Port}"];
        var doctor = await Doctor.RunAsync([], all);
        Assert.Equal(1, doctor.ExitCode);
        doctor.Expect("adapter", "ok", "a message came back after");
        foreach (var component in new[] { "cache", "queue", "rate_limiter" })
            doctor.Expect(component, "ok", $"Redis 127.0.0.1:{redis.Port} ");
        doctor.Expect("queue eviction", "problem", "allkeys-lru");
        doctor.Expect("queue persistence", "warning", "appendonly = no, snapshots = no");
        Assert.Equal("ok", doctor["clock"].Verdict);
        Assert.Equal("0", (await redis.CallAsync("dbsize")).Trim());
    }

    [Fact]
    public async Task A_database_that_is_not_there_yet_is_no_problem_and_is_not_made()
    {
        var path = Path.Combine(_directory, "deep", "apps.db");
        var doctor = await Doctor.RunAsync([], "app_manager.driver=sqlite", "queue.driver=sqlite", $"database.sqlite.path={path}");
        Assert.Equal(0, doctor.ExitCode);
        doctor.Expect("app_manager", "ok", "is made at the first start");
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task A_backend_that_is_away_is_a_problem()
    {
        var doctor = await Doctor.RunAsync([], "adapter.driver=nats", $"adapter.nats.servers=nats://127.0.0.1:{FreePort.Next()}", "cache.driver=none");
        Assert.Equal((1, "problem"), (doctor.ExitCode, doctor["adapter"].Verdict));
    }

    [Theory]
    [InlineData(0, "ok")]
    [InlineData(-20, "warning")]
    [InlineData(20, "warning")]
    [InlineData(-400, "problem")]
    public void Clocks_are_judged_by_what_signatures_bear(int seconds, string verdict) =>
        Assert.Equal(verdict, ClockCheck.Compare("somebody", Now.AddSeconds(seconds), Now).Verdict.ToString(), ignoreCase: true);

    [Fact]
    public async Task A_server_is_seen_through_its_URL()
    {
        await using var server = await SockudoProcess.StartAsync("path_prefix=/deep");
        var doctor = await Doctor.RunAsync(["--url", $"ws://127.0.0.1:{server.Address.Port}/deep/app/{TestApp.Plain.Key}", "--idle", "1"]);
        Assert.Equal(0, doctor.ExitCode);
        doctor.Expect("url http", "ok", "answers OK");
        doctor.Expect("url http api", "ok", "a signed request for app plain is accepted");
        doctor.Expect("url websocket", "ok", "upgraded, greeted, and a ping is answered");
        doctor.Expect("url idle", "ok", "was silent for 1 s and is still there");
        Assert.Equal("ok", doctor["clock"].Verdict);

        var elsewhere = await Doctor.RunAsync(["--url", $"http://127.0.0.1:{server.Address.Port}"]);
        elsewhere.Expect("url http", "problem", "is not found");
        elsewhere.Expect("url websocket", "problem", "is not found");
        var stranger = await Doctor.RunAsync(["--url", $"http://127.0.0.1:{server.Address.Port}/deep/app/no-such-key"]);
        stranger.Expect("url websocket", "problem", "refuses the connection with 4001: App key no-such-key not in this cluster");
        var nobody = await Doctor.RunAsync(["--url", $"ws://127.0.0.1:{FreePort.Next()}/app/k"]);
        nobody.Expect("url websocket", "problem", "cannot be reached");
    }

    [Theory]
    [InlineData("\"Upgrade: websocket\"", "Upgrade")]
    [InlineData("\"Connection: Upgrade\"", "Connection")]
    [InlineData("\"Upgrade: websocket\", \"Connection: Upgrade\"", "Upgrade", "Connection")]
    public async Task A_proxy_that_takes_headers_away_is_told_of_with_their_names(string missing, params string[] eaten)
    {
        await using var server = await SockudoProcess.StartAsync();
        await using var proxy = new HeaderEatingProxy(server.Address, idleTimeout: null, eaten);
        var doctor = await Doctor.RunAsync(["--url", $"{proxy.Address}app/{TestApp.Plain.Key}"]);
        Assert.Equal(1, doctor.ExitCode);
        doctor.Expect("url http", "ok", "answers OK");
        doctor.Expect("url websocket", "problem", $"(status 426): This is a WebSocket endpoint: the request has arrived without {missing}");
        Assert.Contains("proxy_set_header Upgrade", doctor["url websocket"].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_ends_idle_connections_is_told_of()
    {
        await using var server = await SockudoProcess.StartAsync();
        await using var proxy = new HeaderEatingProxy(server.Address, TimeSpan.FromMilliseconds(500));
        var doctor = await Doctor.RunAsync(["--url", $"{proxy.Address}app/{TestApp.Plain.Key}", "--idle", "2"]);
        doctor.Expect("url websocket", "ok", "upgraded");
        doctor.Expect("url idle", "problem", "and is gone");
    }

    [Fact]
    public async Task People_get_one_line_for_each_check_and_a_sum()
    {
        await using var process = SockudoProcess.Run(["doctor", "--set", "port=0", "--set", "metrics.enabled=false"]);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains(process.Output, static line => line.StartsWith("ok       adapter              local: nothing to reach", StringComparison.Ordinal));
        Assert.Matches("^checks: [0-9]+, problems: 0, warnings: [0-9]+$", process.Output[^1]);
        Assert.Matches($"^checks: {process.Output.Count - 1},", process.Output[^1]);
    }

    private (string Certificate, string Key) WriteCertificate(string name, int from, int until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("rt.example");
        names.AddIpAddress(IPAddress.Parse("10.0.0.7"));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(Now.AddDays(from), Now.AddDays(until));
        var paths = (Path.Combine(_directory, name + ".pem"), Path.Combine(_directory, name + ".key"));
        File.WriteAllText(paths.Item1, certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(paths.Item2, key.ExportPkcs8PrivateKeyPem());
        return paths;
    }
}
