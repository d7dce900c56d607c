using Sockudo.Specification.Backends;

namespace Sockudo.Nats.Tests;

/// <summary>Servers that the first test of a class starts: that test, and each other one, is skipped if the program is missing.</summary>
public abstract class LazyServers(NatsServersOptions options) : IAsyncDisposable
{
    private readonly Lazy<Task<NatsServers>> _servers = new(() => NatsServers.StartAsync(options));

    public Task<NatsServers> GetAsync() => _servers.Value;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_servers.IsValueCreated && _servers.Value.IsCompletedSuccessfully)
            await (await _servers.Value).DisposeAsync();
    }
}
