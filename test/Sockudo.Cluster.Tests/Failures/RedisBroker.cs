using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>One Redis server, which is killed and started again.</summary>
internal sealed class RedisBroker(RedisServer server) : IClusterBroker
{
    public int Port => server.Port;

    public string[] Options => OptionsFor(server.Port);

    public static string[] OptionsFor(int port) =>
        ["adapter.driver=redis", string.Create(CultureInfo.InvariantCulture, $"database.redis.url=redis://127.0.0.1:{port}")];

    public Task BreakAsync() => server.KillAsync();

    public Task MendAsync() => server.StartAgainAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
