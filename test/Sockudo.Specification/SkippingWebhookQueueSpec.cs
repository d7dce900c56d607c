using Xunit;

namespace Sockudo.Specification;

/// <summary>The same of a queue that can leave out the jobs of some targets.</summary>
public abstract class SkippingWebhookQueueSpec : WebhookQueueSpec
{
    [Fact]
    public async Task Jobs_of_a_busy_target_stay_and_are_in_nobodys_way()
    {
        var queue = await GetAsync();
        Assert.True(queue.CanSkipTargets);
        await queue.EnqueueAsync([Job(0, "busy"), Job(1, "busy"), Job(2, "free"), Job(3, "busy")], default);
        Assert.Equal([Job(2, "free")], (await LeaseAsync(queue, 1, ["busy/0123456789abcdef"])).Select(static leased => leased.Job));
        Assert.Empty(await TryLeaseAsync(queue, ["busy/0123456789abcdef"]));
        Assert.Equal([Job(0, "busy"), Job(1, "busy"), Job(3, "busy")], (await LeaseAsync(queue, 3)).Select(static leased => leased.Job));
    }
}
