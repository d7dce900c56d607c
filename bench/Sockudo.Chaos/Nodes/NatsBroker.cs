using System.Globalization;
using Sockudo.Specification.Backends;

namespace Sockudo.Chaos.Nodes;

/// <summary>One NATS server.</summary>
internal sealed class NatsBroker(NatsServers servers) : IBroker
{
    public int Port => new Uri(servers.Urls[0]).Port;

    public string[] OptionsFor(int port) => ["adapter.driver=nats", string.Create(CultureInfo.InvariantCulture, $"adapter.nats.servers=nats://127.0.0.1:{port}")];

    public Task KillAsync() => servers.KillAsync();

    public Task StartAgainAsync() => servers.RestartAsync();

    public void Suspend() => servers.Suspend();

    public void Resume() => servers.Resume();

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
