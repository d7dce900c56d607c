using Sockudo.Specification;
using Sockudo.Specification.Conformance;
using Sockudo.Tests.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.Conformance.GenerousServer))]

namespace Sockudo.Tests.Specification.Conformance;

/// <summary>A server that accepts the largest messages of the conformance cases.</summary>
public sealed class GenerousServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (MainServer.IsElsewhere)
            return;
        _process = await SockudoProcess.StartAsync($"websocket_max_payload_kb={ConformanceSpec.MaxMessageBytes / 1024}");
        Server = new ServerUnderTest(_process.Address);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The server; skips the test where another one was named by its URL.</summary>
    public ServerUnderTest OrSkip()
    {
        Assert.SkipWhen(MainServer.IsElsewhere, "needs a server with options of its own");
        return Server;
    }
}
