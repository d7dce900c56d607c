using Sockudo.Cluster.Tests.Specification;
using Sockudo.Configuration;
using Sockudo.Listeners;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(InMemoryNodes))]

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>Three nodes within this process, on a broker within it.</summary>
public sealed class InMemoryNodes : IAsyncLifetime
{
    private readonly InMemoryBroker _broker = new();
    private readonly List<(Composition Composition, MainListener Listener)> _nodes = [];
    private DashboardListener? _dashboard;

    public ServerUnderTest Server { get; private set; } = null!;

    /// <summary>One node of the cluster, for what is promised of a single one.</summary>
    public ServerUnderTest Single { get; private set; } = null!;

    /// <summary>The dashboard of the node of <see cref="Single"/>.</summary>
    public Uri Dashboard => new(_dashboard!.Addresses[0]);

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
            _nodes.Add(await StartAsync($"node-{i}"));
        var addresses = _nodes.Select(static node => new Uri(node.Listener.Addresses[0])).ToList();
        Single = new ServerUnderTest(addresses[0]);
        Server = Single with { Others = addresses[1..] };
        var first = _nodes[0].Composition;
        _dashboard = await DashboardListener.StartAsync(first.Options.Dashboard, first.CreateDashboard, certificates: null, first.Loggers);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
        foreach (var (composition, listener) in _nodes)
        {
            await listener.DisposeAsync();
            await composition.DisposeAsync();
        }

        _broker.Dispose();
    }

    private async Task<(Composition Composition, MainListener Listener)> StartAsync(string name)
    {
        var sources = new ConfigurationSources
        {
            WorkingDirectory = AppContext.BaseDirectory,
            ConfigPath = SockudoProcess.AppsFile,
            Overrides = [.. new[] { ("host", "127.0.0.1"), ("port", "0"), ("metrics.enabled", "false"), ("logging.level", "error"), ("instance.process_id", name), ("dashboard.enabled", "true"), ("dashboard.port", "0") }
                .Select(static pair => ("--set", pair.Item1, pair.Item2))],
        };
        var composition = new Composition(sources, ConfigurationLoader.Load(sources), "test", TimeProvider.System, _broker.CreateBus());
        await composition.Server.StartAsync(CancellationToken.None);
        return (composition, await MainListener.StartAsync(composition.Server, composition.Options, certificates: null, composition.Loggers));
    }
}
