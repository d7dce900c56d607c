using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>Real NATS servers on free ports of this machine: one, or a cluster of them. They end with this.</summary>
public sealed class NatsServers : IAsyncDisposable
{
    private const string Program = "nats-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nats-");
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly NatsServersOptions _options;
    private readonly int[] _clientPorts;
    private readonly int[] _routePorts;
    private readonly int[] _monitorPorts;
    private readonly Process?[] _processes;

    private NatsServers(NatsServersOptions options)
    {
        _options = options;
        _processes = new Process?[options.Count];
        var ports = FreePorts(3 * options.Count);
        _clientPorts = ports[..options.Count];
        _routePorts = ports[options.Count..(2 * options.Count)];
        _monitorPorts = ports[(2 * options.Count)..];
    }

    /// <summary>URLs of the servers, without user info.</summary>
    public IReadOnlyList<string> Urls => [.. _clientPorts.Select(static port => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{port}"))];

    /// <summary>Starts the servers and waits until they serve. Skips the test if the program is missing.</summary>
    public static async Task<NatsServers> StartAsync(NatsServersOptions? options = null)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");
        var program = folders.Select(static folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{Program} is missing");
        for (var attempt = 1; ; attempt++)
        {
            var servers = new NatsServers(options ?? new NatsServersOptions());
            try
            {
                for (var index = 0; index < servers._processes.Length; index++)
                    servers.Launch(index, program);
                await servers.ReadyAsync();
                return servers;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Somebody else took one of the ports.
                await servers.DisposeAsync();
            }
            catch
            {
                await servers.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Ends a server without warning (<c>kill -9</c>).</summary>
    public async Task KillAsync(int index = 0)
    {
        _processes[index]!.Kill();
        await _processes[index]!.WaitForExitAsync();
    }

    /// <summary>Starts a killed server again, at the same place, and waits until it serves.</summary>
    public async Task RestartAsync(int index = 0)
    {
        var program = _processes[index]!.StartInfo.FileName;
        _processes[index]!.Dispose();
        Launch(index, program);
        await ReadyAsync();
    }

    /// <summary>Stops a server's clock, so to speak: connections stay, nothing moves (<c>SIGSTOP</c>).</summary>
    public void Stop(int index = 0) => Signal(index, "STOP");

    /// <summary>Lets a stopped server go on (<c>SIGCONT</c>).</summary>
    public void Continue(int index = 0) => Signal(index, "CONT");

    /// <summary>The server that the client of this name is connected to; waits until there is one.</summary>
    public async Task<int> FindAsync(string clientName)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            for (var index = 0; index < _processes.Length; index++)
            {
                if (_processes[index]!.HasExited)
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

    /// <summary>Memory of a server's process, in bytes.</summary>
    public long MemoryOf(int index = 0)
    {
        _processes[index]!.Refresh();
        return _processes[index]!.WorkingSet64;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.OfType<Process>())
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Launch(int index, string program)
    {
        var file = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{index}.conf"));
        File.WriteAllText(file, Configuration(index));
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(file);
        var process = Process.Start(start)!;
        // Its log; nobody reads it, but a full pipe would stop the server.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        _processes[index] = process;
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
        if (_options.Certificates is { } tls)
        {
            var verify = _options.VerifyClients ? "true" : "false";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"tls {{ cert_file: \"{tls.ServerCertificate}\", key_file: \"{tls.ServerKey}\", ca_file: \"{tls.Authority}\", verify: {verify}, timeout: 5 }}");
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
        for (var index = 0; index < _processes.Length; index++)
        {
            var others = _processes.Where((process, other) => other != index && !process!.HasExited).Count();
            while (!await IsReadyAsync(index, others, timeout.Token))
            {
                if (_processes[index]!.HasExited)
                    throw new InvalidOperationException($"{Program} did not start; its configuration was\n{Configuration(index)}");
                await Task.Delay(Pause, timeout.Token);
            }
        }
    }

    private async Task<bool> IsReadyAsync(int index, int routes, CancellationToken cancellationToken)
    {
        if (_processes[index]!.HasExited)
            return false;
        if (_options.Count > 1 && ((await AskAsync(index, "routez", cancellationToken))?.GetProperty("num_routes").GetInt32() ?? -1) < routes)
            return false;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _clientPorts[index], cancellationToken);
            // INFO
            return await client.GetStream().ReadAsync(new byte[1], cancellationToken) == 1;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(int index, string signal)
    {
        // The shell has kill built in; the program may be missing.
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {_processes[index]!.Id}")]);
        kill.WaitForExit();
    }

    // Below those that the system gives to outgoing connections, so that a server that is started again finds its port free.
    private static int[] FreePorts(int count)
    {
        var free = new List<int>();
        while (free.Count < count)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var port = Random.Shared.Next(5000, 11_000);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                free.Add(port);
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        return [.. free];
    }
}
