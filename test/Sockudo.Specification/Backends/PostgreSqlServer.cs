using System.Globalization;

namespace Sockudo.Specification.Backends;

/// <summary>A PostgreSQL server on 127.0.0.1 with a database <c>app</c> and a user of the same name.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Password of the user; with signs that mean something to somebody.</summary>
    public const string Password = "p:w/@#?'\"%25";

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-postgres-").FullName;
    private readonly string _programs;
    private BackendProcess? _process;

    private PostgreSqlServer(int port, string programs)
    {
        Port = port;
        _programs = programs;
        Authority = new TestAuthority(_directory);
    }

    /// <summary>Its port; TLS is offered on it.</summary>
    public int Port { get; }

    /// <summary>Who has signed its certificate.</summary>
    public TestAuthority Authority { get; }

    /// <summary>Starts a server with nothing in its database.</summary>
    public static async Task<PostgreSqlServer> StartAsync()
    {
        var server = new PostgreSqlServer(FreePort.Next(), FindPrograms());
        await File.WriteAllTextAsync(Path.Combine(server._directory, "password"), Password);
        await server.OwnAsync();
        await server.RunAsync(
            "initdb", "-D", $"{server._directory}/data", "-U", "app", $"--pwfile={server._directory}/password", "-A", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        // Administration comes by the socket, which nobody else can reach.
        await File.WriteAllTextAsync($"{server._directory}/data/pg_hba.conf", "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        await server.StartAgainAsync();
        await server.ExecuteAsync("CREATE DATABASE app", database: "postgres");
        return server;
    }

    /// <summary>Starts it again on the same port, with its data.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var (program, arguments) = AsUser(
            "postgres", "-D", $"{_directory}/data", "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_directory}",
            "-c", "fsync=off", "-c", "ssl=on", "-c", $"ssl_cert_file={Authority.ServerCertPath}", "-c", $"ssl_key_file={Authority.ServerKeyPath}");
        _process = BackendProcess.Start(program, _directory, arguments);
        await _process.WaitUntilListeningAsync(Port);
        while (!(await BackendProcess.RunAsync($"{_programs}/pg_isready", _directory, "-h", _directory, "-p", $"{Port}")).Contains("accepting", StringComparison.Ordinal))
            await Task.Delay(20);
    }

    /// <summary>Ends it at once, without saying goodbye to anybody.</summary>
    public Task KillAsync() => _process!.EndAsync("QUIT");

    /// <summary>Executes statements as the owner of the database; what they yield, row by row, columns between bars.</summary>
    public Task<string> ExecuteAsync(string statements, string database = "app") => BackendProcess.MustRunAsync(
        $"{_programs}/psql", _directory, "-h", _directory, "-p", $"{Port}", "-U", "app", "-d", database, "-qtA", "-v", "ON_ERROR_STOP=1", "-c", statements);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.EndAsync("QUIT");
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string FindPrograms()
    {
        var found = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().FirstOrDefault(static path => File.Exists($"{path}/bin/postgres")) : null;
        Xunit.Assert.SkipUnless(found is not null, "postgres is missing; install it and run again");
        return $"{found}/bin";
    }

    // It refuses to run as root.
    private (string Program, string[] Arguments) AsUser(string program, params string[] arguments) => Environment.UserName == "root"
        ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", $"{_programs}/{program}", .. arguments])
        : ($"{_programs}/{program}", arguments);

    private Task RunAsync(string program, params string[] arguments)
    {
        var (name, all) = AsUser(program, arguments);
        return BackendProcess.MustRunAsync(name, _directory, all);
    }

    // The server takes no key that others could read.
    private async Task OwnAsync()
    {
        File.SetUnixFileMode(Authority.ServerKeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.UserName == "root")
            await BackendProcess.MustRunAsync("chown", _directory, "-R", "postgres:postgres", _directory);
    }
}
