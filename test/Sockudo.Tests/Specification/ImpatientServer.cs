using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Specification;

/// <summary>The server of <see cref="ImpatientSpec"/>.</summary>
public sealed class ImpatientServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (MainServer.IsElsewhere)
            return;
        _process = await SockudoProcess.StartAsync(ImpatientSpec.Options);
        Server = new ServerUnderTest(_process.Address);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
