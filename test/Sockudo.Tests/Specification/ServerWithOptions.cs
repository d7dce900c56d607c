using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Specification;

/// <summary>A server of its own, for what is specified with other options than the usual ones.</summary>
/// <param name="options">Values of <c>--set</c>.</param>
public abstract class ServerWithOptions(params string[] options) : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (MainServer.IsElsewhere)
            return;
        _process = await SockudoProcess.StartAsync(options);
        Server = new ServerUnderTest(_process.Address);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _process?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>The server; skips the test where another one was named by its URL.</summary>
    public ServerUnderTest OrSkip()
    {
        Assert.SkipWhen(MainServer.IsElsewhere, "needs a server with options of its own");
        return Server;
    }
}
