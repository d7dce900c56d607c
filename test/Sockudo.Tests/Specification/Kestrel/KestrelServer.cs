using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Sockudo.Tests.Specification.Kestrel;
using Xunit;

[assembly: AssemblyFixture(typeof(KestrelServer))]

namespace Sockudo.Tests.Specification.Kestrel;

/// <summary>
/// A server whose WebSockets come by the HTTP server's transport, as they do with TLS, on a Unix socket, and on other systems than
/// Linux. What depends on how bytes are read and written is specified for it as well.
/// </summary>
public sealed class KestrelServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (MainServer.IsElsewhere)
            return;
        _process = await SockudoProcess.StartAsync("websocket.transport=kestrel");
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
