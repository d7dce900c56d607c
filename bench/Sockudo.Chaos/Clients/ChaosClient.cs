using System.Net.WebSockets;
using Sockudo.Chaos.Checks;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Clients;

/// <summary>A client that wants to be connected, or does not; while it does, it comes back as pusher-js does, to any node.</summary>
internal sealed class ChaosClient
{
    private static readonly TimeSpan StopIsRemembered = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly IReadOnlyList<ChaosNode> _nodes;
    private readonly Findings _findings;
    private readonly Random _random;
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="plan">Who it is.</param>
    /// <param name="nodes">Where it may connect to.</param>
    /// <param name="findings">Takes what cannot be right.</param>
    /// <param name="seed">Of its choices.</param>
    public ChaosClient(ClientPlan plan, IReadOnlyList<ChaosNode> nodes, Findings findings, int seed)
    {
        Plan = plan;
        _nodes = nodes;
        _findings = findings;
        _random = new Random(seed);
    }

    public ClientPlan Plan { get; }

    /// <summary>It wants to be here: whoever knows the truth expects it.</summary>
    public bool IsWanted => _wanted.Task.IsCompleted;

    /// <summary>The connection it has; null between two.</summary>
    public ChaosConnection? Connection { get; private set; }

    /// <summary>All its subscriptions hold.</summary>
    public bool IsJoined => Connection is { IsJoined: true };

    /// <summary>It wants to be here from now on.</summary>
    public void Come() => _wanted.TrySetResult();

    /// <summary>It does not want to be here any more.</summary>
    public async Task LeaveAsync(bool isPolite)
    {
        _wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Connection is { } connection)
            await connection.LeaveAsync(isPolite);
    }

    /// <summary>Connects and comes back until it is stopped.</summary>
    public async Task LiveAsync(CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _wanted.Task.WaitAsync(stop);
                var node = _nodes[_random.Next(_nodes.Count)];
                using var connection = await ChaosConnection.OpenAsync(Plan, node, stop);
                using var ending = stop.Register(() => _ = connection.LeaveAsync(isPolite: false));
                Connection = connection;
                // It may have changed its mind during the handshake.
                if (!IsWanted)
                    await connection.LeaveAsync(isPolite: true);
                var end = await connection.ReadAsync();
                Connection = null;
                if (!stop.IsCancellationRequested)
                    Judge(connection, end);
                failures = 0;
                // 4200: at once; anything else: after a second.
                if (end.Code is >= 4200 and < 4300)
                    continue;
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or HttpRequestException or IOException)
            {
                // Nobody is there.
            }

            Connection = null;
            await PauseAsync(failures++, stop);
        }
    }

    private async Task PauseAsync(int failures, CancellationToken stop)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(1 << Math.Min(failures, 4), LongestPause.TotalSeconds) * (0.5 + _random.NextDouble()));
        await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Only a kill ends connections without a word, and only a stop ends them with a code.
    private void Judge(ChaosConnection connection, ConnectionEnd end)
    {
        if (end.Contradiction is not null)
        {
            _findings.Add("what a client is told", "messages that agree with each other", $"{Plan.User} at {connection.Node.Name}: {end.Contradiction}");
            return;
        }

        // It may have changed its mind again since it left.
        if (!IsWanted || connection.HasLeft)
            return;
        var node = connection.Node;
        var wasKilled = node.IsKilled || connection.OpenedAt < node.KilledAt;
        var wasStopped = node.StoppedAt != 0 && (TimeProvider.System.GetElapsedTime(node.StoppedAt) < StopIsRemembered || connection.OpenedAt < node.StoppedAt);
        if (wasKilled || (wasStopped && end.Code == 4200))
            return;
        _findings.Add("how connections end", wasStopped ? "close 4200 at a stop" : "no end: nobody has stopped the node", $"{Plan.User} at {node.Name}: {end.Code?.ToString() ?? "no close frame"}");
    }
}
