using Xunit;

namespace Sockudo.Specification;

/// <summary>The same of a queue that can leave out the jobs of some apps.</summary>
public abstract class SkippingWebhookQueueSpec : WebhookQueueSpec
{
    [Fact]
    public async Task Jobs_of_a_busy_app_stay_and_are_in_nobodys_way()
    {
        var queue = await GetAsync();
        Assert.True(queue.CanSkipApps);
        await queue.EnqueueAsync([Job(0, "busy"), Job(1, "busy"), Job(2, "free"), Job(3, "busy")], default);
        Assert.Equal([Job(2, "free")], (await LeaseAsync(queue, 1, ["busy"])).Select(static leased => leased.Job));
        Assert.Empty(await TryLeaseAsync(queue, ["busy"]));
        Assert.Equal([Job(0, "busy"), Job(1, "busy"), Job(3, "busy")], (await LeaseAsync(queue, 3)).Select(static leased => leased.Job));
    }
}
