using Sockudo.Chaos.Nodes;
using Sockudo.Specification;

namespace Sockudo.Chaos.Faults;

/// <summary>The file of apps is broken, then has one more, then as many as before; all nodes are told each time.</summary>
internal sealed class AppsReload : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Name => "reload";

    public bool MayLoseEvents => false;

    public string? ObstacleTo(ChaosCluster cluster) => null;

    public Func<Task>? Draw(Scene scene)
    {
        if (!scene.TakeAllNodes())
            return null;
        var app = new TestApp($"app-{scene.Random.Next()}");
        return async () =>
        {
            scene.Say("configuration: a broken file, an app more, an app less");
            await ReloadAsync(scene, static node => node.BreakAppsAsync());
            await Task.Delay(TimeSpan.FromSeconds(1));
            await ExpectAsync(scene, ChaosNode.App, isKnown: true);
            await ReloadAsync(scene, node => node.AddAppAsync(app.Id));
            await ExpectAsync(scene, app, isKnown: true);
            await ReloadAsync(scene, node => node.RemoveAppAsync(app.Id));
            await ExpectAsync(scene, app, isKnown: false);
            await ExpectAsync(scene, ChaosNode.App, isKnown: true);
        };
    }

    private static async Task ReloadAsync(Scene scene, Func<ChaosNode, Task> write)
    {
        foreach (var node in scene.Cluster.Nodes)
        {
            await write(node);
            node.Reload();
        }
    }

    private static async Task ExpectAsync(Scene scene, TestApp app, bool isKnown)
    {
        foreach (var node in scene.Cluster.Nodes)
        {
            using var api = new NodeApi(node.Address, app);
            await scene.Checker.ExpectAsync("configuration", Patience, async () =>
                await api.GetAsync("/channels") is not null == isKnown ? null : ($"{node.Name} {(isKnown ? "knows" : "does not know")} {app.Id}", "the contrary"));
        }
    }
}
