using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Sockudo.Specification.Backends;

/// <summary>Real NATS servers on free ports of this machine: one, or a cluster of them. They end with this.</summary>
public sealed class NatsServers : IAsyncDisposable
{
    private const string Program = "nats-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sockudo-nats-");
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly NatsServersOptions _options;
    private readonly int[] _clientPorts;
    private readonly int[] _routePorts;
    private readonly int[] _monitorPorts;
    private readonly BackendProcess?[] _processes;

    private NatsServers(NatsServersOptions options)
    {
        _options = options;
        Authority = new TestAuthority(_folder.FullName);
        _processes = new BackendProcess?[options.Count];
        _clientPorts = FreePorts(options.Count);
        _routePorts = FreePorts(options.Count);
        _monitorPorts = FreePorts(options.Count);
    }

    /// <summary>Who has signed the servers' certificate, and that of a client.</summary>
    public TestAuthority Authority { get; }

    /// <summary>URLs of the servers, without user info.</summary>
    public IReadOnlyList<string> Urls => [.. _clientPorts.Select(static port => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{port}"))];

    /// <summary>Starts the servers and waits until they serve. Skips the test if the program is missing.</summary>
    public static async Task<NatsServers> StartAsync(NatsServersOptions? options = null)
    {
        BackendProcess.Require(Program);
        var servers = new NatsServers(options ?? new NatsServersOptions());
        try
        {
            for (var index = 0; index < servers._processes.Length; index++)
                servers.Launch(index);
            await servers.ReadyAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a server without warning (<c>kill -9</c>).</summary>
    public async Task KillAsync(int index = 0)
    {
        await _processes[index]!.DisposeAsync();
        _processes[index] = null;
    }

    /// <summary>Starts a killed server again, at the same place, and waits until all that run serve.</summary>
    public async Task RestartAsync(int index = 0)
    {
        Launch(index);
        await ReadyAsync();
    }

    /// <summary>Stops a server where it is: connections stay, and nobody answers (<c>SIGSTOP</c>).</summary>
    public void Suspend(int index = 0) => _processes[index]!.Suspend();

    /// <summary>Lets a suspended server go on (<c>SIGCONT</c>).</summary>
    public void Resume(int index = 0) => _processes[index]!.Resume();

    /// <summary>The server that the client of this name is connected to; waits until there is one.</summary>
    public async Task<int> FindAsync(string clientName)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            for (var index = 0; index < _processes.Length; index++)
            {
                if (_processes[index] is null)
                    continue;
                var connections = await AskAsync(index, "connz?limit=4096", timeout.Token);
                if (connections?.GetProperty("connections").EnumerateArray().Any(one => one.TryGetProperty("name", out var name) && name.GetString() == clientName) == true)
                    return index;
            }

            await Task.Delay(Pause, timeout.Token);
        }
    }

    /// <summary>What a server says of itself (<c>varz</c>, <c>connz</c>, <c>subsz</c>, …); null if it says nothing.</summary>
    public async Task<JsonElement?> AskAsync(int index, string what, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _http.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{_monitorPorts[index]}/{what}"), cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.OfType<BackendProcess>())
            await process.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int[] FreePorts(int count) => [.. Enumerable.Range(0, count).Select(static _ => FreePort.Next())];

    private void Launch(int index)
    {
        var file = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{index}.conf"));
        File.WriteAllText(file, Configuration(index));
        _processes[index] = BackendProcess.Start(Program, _folder.FullName, "-c", file);
    }

    private string Configuration(int index)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"server_name: n{index}");
        text.AppendLine(CultureInfo.InvariantCulture, $"listen: 127.0.0.1:{_clientPorts[index]}");
        text.AppendLine(CultureInfo.InvariantCulture, $"http: 127.0.0.1:{_monitorPorts[index]}");
        if (_options.User is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"authorization {{ user: \"{_options.User}\", password: \"{_options.Password}\" }}");
        if (_options.Token is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"authorization {{ token: \"{_options.Token}\" }}");
        if (_options.Nkey is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"authorization {{ users: [ {{ nkey: {_options.Nkey} }} ] }}");
        if (_options.IsTls)
        {
            var verify = _options.VerifyClients ? "true" : "false";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"tls {{ cert_file: \"{Authority.ServerCertPath}\", key_file: \"{Authority.ServerKeyPath}\", ca_file: \"{Authority.CaPath}\", verify: {verify}, timeout: 5 }}");
        }

        if (_options.Count > 1)
        {
            var routes = string.Join(", ", _routePorts.Select(static port => string.Create(CultureInfo.InvariantCulture, $"nats-route://127.0.0.1:{port}")));
            text.AppendLine(CultureInfo.InvariantCulture, $"cluster {{ name: test, listen: 127.0.0.1:{_routePorts[index]}, routes: [ {routes} ] }}");
        }

        return text.AppendLine(_options.Configuration).ToString();
    }

    private async Task ReadyAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var running = _processes.Count(static process => process is not null);
        for (var index = 0; index < _processes.Length; index++)
        {
            if (_processes[index] is not { } process)
                continue;
            await process.WaitUntilListeningAsync(_clientPorts[index]);
            while (_options.Count > 1 && ((await AskAsync(index, "routez", timeout.Token))?.GetProperty("num_routes").GetInt32() ?? -1) < running - 1)
                await Task.Delay(Pause, timeout.Token);
        }
    }
}
