using Sockudo.Specification;
using Sockudo.Tests.Processes;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>One node of a cluster: a real process that can be killed and started again under the same name.</summary>
internal sealed class SockudoNode(string name, string[] options) : IAsyncDisposable
{
    private SockudoProcess? _process;
    private bool _isSuspended;

    public string Name { get; } = name;

    public SockudoProcess Process => _process ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>It answers.</summary>
    public bool IsRunning => _process is not null && !_isSuspended;

    public Uri Address => Process.Address;

    /// <summary>Starts it; returns when it listens.</summary>
    public async Task StartAsync() =>
        _process = await SockudoProcess.StartAsync([$"instance.process_id={Name}", "rate_limiter.enabled=false", .. options]);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Stops it as a suspended virtual machine stops, or lets it go on.</summary>
    public void Suspend(bool isSuspended)
    {
        _isSuspended = isSuspended;
        if (isSuspended)
            Process.Suspend();
        else
            Process.Resume();
    }

    /// <summary>SIGTERM; returns when it has ended.</summary>
    public async Task StopAsync()
    {
        Process.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        await Process.WaitForExitAsync();
        await KillAsync();
    }

    /// <summary>Status of <c>/up</c>.</summary>
    public async Task<int> UpAsync() => (await new PusherHttp(new ServerUnderTest(Address), TestApp.Busy).SendRawAsync("GET", "/up")).Status;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
    }
}
