using System.Runtime.ExceptionServices;
using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>Three nodes, real processes, on a broker of their own.</summary>
public abstract class ClusterNodes : IAsyncLifetime
{
    private readonly List<SockudoProcess> _nodes = [];

    private ExceptionDispatchInfo? _failure;

    /// <summary>The cluster. Tests that ask for it fail if it could not be started, or are skipped if a program for it is missing.</summary>
    public ServerUnderTest Server => Single with { Others = [.. _nodes.Skip(1).Select(static node => node.Address)] };

    /// <summary>One node of the cluster, for what is promised of a single one.</summary>
    public ServerUnderTest Single
    {
        get
        {
            _failure?.Throw();
            return new ServerUnderTest(_nodes[0].Address);
        }
    }

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private async Task StartAsync()
    {
        var options = await StartBrokerAsync();
        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(index => SockudoProcess.StartAsync([$"instance.process_id=node-{index}", .. options]))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await StopBrokerAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the broker; the values of <c>--set</c> for each node.</summary>
    protected abstract Task<string[]> StartBrokerAsync();

    protected abstract ValueTask StopBrokerAsync();
}
