using System.Globalization;

namespace Sockudo.Specification.Backends;

/// <summary>A server that speaks SQS's protocol and keeps everything in memory: fauxqs, an npm package.</summary>
public sealed class SqsEmulator : IAsyncDisposable
{
    private readonly BackendProcess _process;

    private SqsEmulator(int port, BackendProcess process)
    {
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        _process = process;
    }

    /// <summary>Where it is.</summary>
    public string Url { get; }

    /// <summary>Starts it without queues.</summary>
    public static async Task<SqsEmulator> StartAsync()
    {
        BackendProcess.Require("node");
        var program = NpmPackages.Find("lib/sqs.mjs", "fauxqs");
        var port = FreePort.Next();
        var process = BackendProcess.Start("node", Path.GetTempPath(), program, port.ToString(CultureInfo.InvariantCulture));
        await process.WaitUntilListeningAsync(port);
        return new SqsEmulator(port, process);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
