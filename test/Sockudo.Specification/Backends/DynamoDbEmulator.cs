using System.Globalization;

namespace Sockudo.Specification.Backends;

/// <summary>A server that speaks DynamoDB's protocol and keeps everything in memory: dynalite, an npm package.</summary>
public sealed class DynamoDbEmulator : IAsyncDisposable
{
    private readonly string _program;
    private BackendProcess? _process;

    private DynamoDbEmulator(int port, string program)
    {
        Port = port;
        _program = program;
    }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Where it is.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <summary>Starts it without tables.</summary>
    public static async Task<DynamoDbEmulator> StartAsync()
    {
        BackendProcess.Require("node");
        var program = NpmPackages.Find("node_modules/dynalite/cli.js", "dynalite");
        var server = new DynamoDbEmulator(FreePort.Next(), program);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same port; it has forgotten everything.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = BackendProcess.Start(
            "node", Path.GetTempPath(), _program, "--host", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--createTableMs", "50", "--deleteTableMs", "50");
        await _process.WaitUntilListeningAsync(Port);
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it where it is.</summary>
    public void Suspend() => _process!.Suspend();

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process!.Resume();

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? default;
}
