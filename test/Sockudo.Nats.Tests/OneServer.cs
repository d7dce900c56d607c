using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>A server without any demands.</summary>
public sealed class OneServer : IAsyncLifetime
{
    public NatsServers Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await NatsServers.StartAsync();

    public ValueTask DisposeAsync() => Servers?.DisposeAsync() ?? ValueTask.CompletedTask;
}
