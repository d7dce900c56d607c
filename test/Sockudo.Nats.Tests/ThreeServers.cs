using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>Three servers that form a cluster.</summary>
public sealed class ThreeServers : IAsyncLifetime
{
    public NatsServers Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await NatsServers.StartAsync(new NatsServersOptions { Count = 3 });

    public ValueTask DisposeAsync() => Servers?.DisposeAsync() ?? ValueTask.CompletedTask;
}
