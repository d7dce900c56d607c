namespace Sockudo.Specification.Backends;

/// <summary>A MariaDB server on 127.0.0.1 with a database <c>app</c> and a user of the same name.</summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    /// <summary>Password of the user; with signs that mean something to somebody.</summary>
    public const string Password = "p:w/@#?'\"%25";

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-mariadb-").FullName;
    private BackendProcess? _process;

    private MariaDbServer(int port)
    {
        Port = port;
        Authority = new TestAuthority(_directory);
    }

    /// <summary>Its port; TLS is offered on it.</summary>
    public int Port { get; }

    /// <summary>Who has signed its certificate.</summary>
    public TestAuthority Authority { get; }

    /// <summary>Starts a server with nothing in its database.</summary>
    public static async Task<MariaDbServer> StartAsync()
    {
        BackendProcess.Require("mariadbd", "mariadb-install-db", "mariadb");
        var server = new MariaDbServer(FreePort.Next());
        await BackendProcess.MustRunAsync(
            "mariadb-install-db", server._directory,
            ["--no-defaults", .. AsUser, $"--datadir={server._directory}/data", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        await server.StartAgainAsync();
        await server.ExecuteAsync("CREATE DATABASE app", database: "");
        await server.ExecuteAsync($"CREATE USER 'app'@'127.0.0.1' IDENTIFIED BY '{Password.Replace("'", "''", StringComparison.Ordinal)}'; GRANT ALL ON app.* TO 'app'@'127.0.0.1'");
        return server;
    }

    // It refuses to be root unless told so.
    private static string[] AsUser => Environment.UserName == "root" ? ["--user=root"] : [];

    /// <summary>Starts it again on the same port, with its data.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = BackendProcess.Start(
            "mariadbd", _directory,
            ["--no-defaults", .. AsUser, $"--datadir={_directory}/data", $"--tmpdir={_directory}", $"--socket={_directory}/s.sock", $"--pid-file={_directory}/pid",
            $"--port={Port}", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0",
            $"--ssl-ca={Authority.CaPath}", $"--ssl-cert={Authority.ServerCertPath}", $"--ssl-key={Authority.ServerKeyPath}"]);
        await _process.WaitUntilListeningAsync(Port);
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it where it is.</summary>
    public void Suspend() => _process!.Suspend();

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process!.Resume();

    /// <summary>Executes statements as root; what they yield, row by row, columns between tabs.</summary>
    public Task<string> ExecuteAsync(string statements, string database = "app") => BackendProcess.MustRunAsync(
        "mariadb", _directory, ["--no-defaults", $"--socket={_directory}/s.sock", "-uroot", "-N", "--default-character-set=utf8mb4", .. database.Length > 0 ? ["-D", database] : Array.Empty<string>(), "-e", statements]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
