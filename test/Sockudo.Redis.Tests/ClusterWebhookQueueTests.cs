using Sockudo.Server.Webhooks;
using Sockudo.Specification;

namespace Sockudo.Redis.Tests;

/// <summary>The queue on a Redis Cluster.</summary>
public sealed class ClusterWebhookQueueTests(ClusterRedis cluster) : WebhookQueueSpec, IAsyncDisposable
{
    private readonly List<RedisWebhookQueue> _queues = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            await queue.DisposeAsync();
    }

    protected override bool IsApproximate => true;

    protected override async Task<IWebhookQueue> GetAsync()
    {
        var queue = await RedisWebhookQueueTests.StartAsync(Buses.To(await cluster.GetAsync()), "q" + Guid.NewGuid().ToString("N"));
        _queues.Add(queue);
        return queue;
    }

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);
}
