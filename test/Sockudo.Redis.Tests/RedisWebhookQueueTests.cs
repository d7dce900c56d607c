using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Backends;
using Sockudo.Server.Webhooks;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>The queue on one server.</summary>
public sealed class RedisWebhookQueueTests(SingleRedis single) : WebhookQueueSpec, IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly string _prefix = "q" + Guid.NewGuid().ToString("N");
    private readonly List<RedisWebhookQueue> _queues = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            await queue.DisposeAsync();
    }

    [Fact]
    public async Task The_names_are_what_is_documented_and_nothing_is_left_of_what_is_done()
    {
        var server = await single.GetAsync();
        var queue = await StartAsync();
        await queue.EnqueueAsync([Job(0), Job(1), Job(2)], default);
        Assert.Equal("3", (await server.CallAsync("XLEN", $"{_prefix}:{{webhooks}}:jobs")).Trim());
        var jobs = await LeaseAsync(queue, 3);
        Assert.Equal("3", (await server.CallAsync("LLEN", $"{_prefix}:{{webhooks}}:lane:{Job(0).Lane}")).Trim());
        await queue.CompleteAsync(jobs[0], default);
        await queue.PostponeAsync(jobs[1], TimeSpan.FromMinutes(1), 1, default);
        await queue.DeadLetterAsync(jobs[2], new DeadLetter(jobs[2].Job, "why", 2, 500), default);
        Assert.Equal("0", (await server.CallAsync("XLEN", $"{_prefix}:{{webhooks}}:jobs")).Trim());
        Assert.Equal("1", (await server.CallAsync("ZCARD", $"{_prefix}:{{webhooks}}:delayed")).Trim());
        Assert.Equal("0", (await server.CallAsync("EXISTS", $"{_prefix}:{{webhooks}}:lane:{Job(0).Lane}")).Trim());
        Assert.Contains("last_status", await server.CallAsync("XRANGE", $"{_prefix}:{{webhooks}}:dead", "-", "+"), StringComparison.Ordinal);
        Assert.Equal([new DeadLetter(jobs[2].Job, "why", 2, 500)], await queue.ListAsync(10, default));
        Assert.Equal(0, await queue.RetryAsync("nobody", default));
        Assert.Equal(1, await queue.RetryAsync(null, default));
        Assert.Equal(Job(2).Body, (await LeaseAsync(queue, 1))[0].Job.Body);
        Assert.Empty(await queue.ListAsync(10, default));
    }

    [Fact]
    public async Task Jobs_of_a_node_that_is_gone_are_taken_over_and_those_of_one_that_is_there_are_not()
    {
        var dying = await StartAsync();
        var other = await StartAsync();
        await dying.EnqueueAsync([Job(0), Job(1)], default);
        var held = await LeaseAsync(dying, 2);
        await Task.Delay(Lease * 1.5);
        Assert.Empty(await TryLeaseAsync(other));
        await dying.DisposeAsync();
        _queues.Remove(dying);
        var taken = await LeaseAsync(other, 2);
        Assert.Equal(held.Select(static job => job.Job), taken.Select(static job => job.Job));
    }

    [Fact]
    public async Task A_job_that_is_abandoned_comes_back_when_its_lease_is_over()
    {
        var queue = await StartAsync();
        await queue.EnqueueAsync([Job(0)], default);
        queue.Abandon((await LeaseAsync(queue, 1))[0]);
        Assert.Equal(Job(0), (await LeaseAsync(queue, 1))[0].Job);
    }

    [Fact]
    public async Task A_lane_is_one_whichever_nodes_have_its_jobs()
    {
        var first = await StartAsync();
        var second = await StartAsync();
        await first.EnqueueAsync([Job(0), Job(1), Job(2)], default);
        var a = (await LeaseAsync(first, 1))[0];
        var b = (await LeaseAsync(second, 1))[0];
        var c = (await LeaseAsync(first, 1))[0];
        await first.EnterLaneAsync(a, default);
        var waiting = second.EnterLaneAsync(b, default).AsTask();
        var last = first.EnterLaneAsync(c, default).AsTask();
        await Task.Delay(200);
        Assert.False(waiting.IsCompleted);
        await first.CompleteAsync(a, default);
        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(last.IsCompleted);
        // A job that is to be tried again holds nothing back.
        await second.PostponeAsync(b, TimeSpan.FromMinutes(1), 1, default);
        await last.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_for_newer_nodes_or_put_aside()
    {
        var server = await single.GetAsync();
        var queue = await StartAsync();
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:jobs", "*", "job", "{\"v\":2,\"x\":1}", "attempts", "0");
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:jobs", "*", "job", "nonsense", "attempts", "0");
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:jobs", "*", "job", "{}", "attempts", "abc");
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:jobs", "*", "job", WebhookJobText.Write(Job(7)), "attempts", "-1");
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:jobs", "*", "other", "x");
        await queue.EnqueueAsync([Job(0)], default);
        Assert.Equal(Job(0), (await LeaseAsync(queue, 1))[0].Job);
        Assert.Contains("{\"v\":2,\"x\":1}", await server.CallAsync("ZRANGE", $"{_prefix}:{{webhooks}}:delayed", "0", "-1"), StringComparison.Ordinal);
        Assert.Contains("nonsense", await server.CallAsync("XRANGE", $"{_prefix}:{{webhooks}}:dead", "-", "+"), StringComparison.Ordinal);
        await server.CallAsync("XADD", $"{_prefix}:{{webhooks}}:dead", "*", "attempts", "zz");
        var dead = await queue.ListAsync(10, default);
        Assert.Equal(["unreadable", "unreadable", "unreadable", "unreadable", ""], dead.Select(static letter => letter.Reason));
        Assert.Equal(Job(7), dead[2].Job);
        Assert.Equal(0, dead[4].Attempts);
    }

    [Fact]
    public async Task A_server_that_is_away_and_empty_afterwards_is_used_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var queue = await StartAsync(Buses.To(server.Port), "q");
        await queue.EnqueueAsync([Job(0)], default);
        await server.KillAsync();
        await Assert.ThrowsAsync<BackendException>(() => queue.EnqueueAsync([Job(1)], default).AsTask());
        Assert.False(queue.State.IsUp);
        await server.StartAgainAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!queue.State.IsUp)
            await Task.Delay(20, patience.Token);
        await queue.EnqueueAsync([Job(2)], default);
        Assert.Equal(Job(2), (await LeaseAsync(queue, 1))[0].Job);
    }

    internal static async Task<RedisWebhookQueue> StartAsync(RedisTarget target, string prefix)
    {
        var state = new BackendState("queue", "redis", NullLogger.Instance);
        var queue = new RedisWebhookQueue(
            new RedisStore(new RedisConnector(target, "a", TimeProvider.System), prefix, state), Guid.NewGuid().ToString("N"), Lease, MaxDead, TimeProvider.System, NullLogger.Instance);
        await queue.StartAsync(CancellationToken.None);
        return queue;
    }

    protected override bool IsApproximate => true;

    protected override async Task<IWebhookQueue> GetAsync() => await StartAsync();

    protected override Task WaitAsync(TimeSpan time) => Task.Delay(time);

    private async Task<RedisWebhookQueue> StartAsync()
    {
        var queue = await StartAsync(Buses.To((await single.GetAsync()).Port), _prefix);
        _queues.Add(queue);
        return queue;
    }
}
