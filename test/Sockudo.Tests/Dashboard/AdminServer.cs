using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>A server with a dashboard that has a password and a token, and may show the payloads of the app "chatty".</summary>
public sealed class AdminServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    /// <summary>Where the dashboard is.</summary>
    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = await SockudoProcess.StartAsync(
            "dashboard.enabled=true", "dashboard.port=0", $"dashboard.password={AdminClient.Password}", $"dashboard.token={AdminClient.Token}", "dashboard.show_payloads=chatty",
            "instance.process_id=node-a");
        Server = new ServerUnderTest(_process.Address);
        Address = await AdminClient.AddressOfAsync(_process);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The log so far.</summary>
    public IReadOnlyList<string> Log => _process!.Output;

    /// <summary>Waits for a line of the log.</summary>
    public Task<string> ExpectLogAsync(string text) => _process!.ExpectOutputAsync(text);
}
