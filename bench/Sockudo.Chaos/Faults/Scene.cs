using Sockudo.Chaos.Checks;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Faults;

/// <summary>What faults of one group find, and which of it is taken already.</summary>
internal sealed class Scene(ChaosCluster cluster, WebhookLedger webhooks, Checker checker, Findings findings, Timeline timeline, Random random)
{
    private readonly List<ChaosNode> _free = [.. cluster.Nodes];
    private bool _isBrokerTaken;
    private bool _isReceiverTaken;

    public ChaosCluster Cluster => cluster;

    public WebhookLedger Webhooks => webhooks;

    public Checker Checker => checker;

    public Findings Findings => findings;

    public Random Random => random;

    /// <summary>Tells what happens.</summary>
    public void Say(string text) => timeline.Say(text);

    /// <summary>A time between two, in seconds.</summary>
    public TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(Math.Round(least + (random.NextDouble() * (most - least)), 1));

    /// <summary>Takes one node; null if only one is left that nothing happens to, or none is suitable.</summary>
    public ChaosNode? TakeNode(Func<ChaosNode, bool>? isSuitable = null)
    {
        var suitable = _free.Where(isSuitable ?? (static _ => true)).ToList();
        if (_free.Count < 2 || suitable.Count == 0)
            return null;
        var node = suitable[random.Next(suitable.Count)];
        _free.Remove(node);
        return node;
    }

    /// <summary>Takes all nodes; false if one is taken already.</summary>
    public bool TakeAllNodes()
    {
        if (_free.Count < cluster.Nodes.Count)
            return false;
        _free.Clear();
        return true;
    }

    /// <summary>Takes the broker.</summary>
    public bool TakeBroker() => !_isBrokerTaken && (_isBrokerTaken = true);

    /// <summary>Takes the receiver of webhooks.</summary>
    public bool TakeReceiver() => !_isReceiverTaken && (_isReceiverTaken = true);
}
