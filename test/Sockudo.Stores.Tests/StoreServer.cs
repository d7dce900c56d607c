using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>A server whose apps, those of the specification, are in a database.</summary>
public abstract class StoreServer : IAsyncLifetime
{
    private SockudoProcess? _process;

    public ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = await SockudoProcess.StartAsync(await GetOptionsAsync());
        Server = new ServerUnderTest(_process.Address);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
            await _process.DisposeAsync();
    }

    /// <summary>What names the database, as values of <c>--set</c>.</summary>
    protected abstract Task<string[]> GetOptionsAsync();
}
