using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Chaos.Nodes;

/// <summary>One Redis server.</summary>
internal sealed class RedisBroker(RedisServer server) : IBroker
{
    public int Port => server.Port;

    public string[] OptionsFor(int port) => ["adapter.driver=redis", string.Create(CultureInfo.InvariantCulture, $"database.redis.url=redis://127.0.0.1:{port}")];

    public Task KillAsync() => server.KillAsync();

    public Task StartAgainAsync() => server.StartAgainAsync();

    public void Suspend() => server.Suspend();

    public void Resume() => server.Resume();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
