namespace Sockudo.Specification.Backends;

/// <summary>A single Redis server on 127.0.0.1, without persistence.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-redis-").FullName;
    private readonly string[] _lines;
    private BackendProcess? _process;

    private RedisServer(int port, string[] lines)
    {
        Port = port;
        _lines = lines;
        Authority = new TestAuthority(_directory);
    }

    /// <summary>Port without TLS.</summary>
    public int Port { get; }

    /// <summary>Port with TLS; 0 without.</summary>
    public int TlsPort { get; private init; }

    /// <summary>Who has signed the server's certificate, and that of a client.</summary>
    public TestAuthority Authority { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="lines">Lines of its configuration, such as <c>requirepass x</c>.</param>
    public static Task<RedisServer> StartAsync(params string[] lines) => StartAsync(hasTls: false, lines);

    /// <summary>Starts a server that speaks TLS on another port.</summary>
    /// <param name="lines">Lines of its configuration, such as <c>tls-auth-clients yes</c>.</param>
    public static Task<RedisServer> StartWithTlsAsync(params string[] lines) => StartAsync(hasTls: true, lines);

    private static async Task<RedisServer> StartAsync(bool hasTls, string[] lines)
    {
        BackendProcess.Require("redis-server");
        var server = new RedisServer(FreePort.Next(), lines) { TlsPort = hasTls ? FreePort.Next() : 0 };
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same port after it was killed; it has forgotten everything.</summary>
    public async Task StartAgainAsync()
    {
        string[] tls = TlsPort == 0 ? [] :
        [
            $"tls-port {TlsPort}",
            $"tls-cert-file {Authority.ServerCertPath}",
            $"tls-key-file {Authority.ServerKeyPath}",
            $"tls-ca-cert-file {Authority.CaPath}",
            .. _lines.Any(static line => line.StartsWith("tls-auth-clients", StringComparison.Ordinal)) ? Array.Empty<string>() : ["tls-auth-clients no"],
        ];
        var file = Path.Combine(_directory, "redis.conf");
        await File.WriteAllLinesAsync(file, [$"bind 127.0.0.1", $"port {Port}", $"dir {_directory}", "save \"\"", "appendonly no", "repl-diskless-sync-delay 0", .. tls, .. _lines]);
        if (_process is not null)
            await _process.DisposeAsync();
        _process = BackendProcess.Start("redis-server", _directory, file);
        await _process.WaitUntilListeningAsync(Port);
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it where it is: its connections stay, and nobody answers.</summary>
    public void Suspend() => _process!.Suspend();

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process!.Resume();

    /// <summary>Runs <c>redis-cli</c> against it; what that has written.</summary>
    public Task<string> CallAsync(params string[] arguments) =>
        BackendProcess.RunAsync("redis-cli", _directory, ["-p", $"{Port}", "--no-auth-warning", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
