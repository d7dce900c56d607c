using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Stores.Tests.Sqs;

/// <summary>Services that are silent or talk nonsense.</summary>
public sealed class SqsMistakesTests
{
    // The client waits for ten seconds more, three times.
    private const int ShortestWait = -9;

    [Fact]
    public async Task A_service_that_falls_silent_is_one_that_cannot_be_used()
    {
        using var server = new OddServer(OddServer.Silence);
        var options = new QueueSqsOptions { EndpointUrl = server.Url, QueueUrlPrefix = server.Url + "/1", WaitTimeSeconds = ShortestWait };
        await using var queue = new SqsWebhookQueue(options, TimeProvider.System, NullLogger.Instance);
        await queue.StartAsync(default);
        var exception = await Assert.ThrowsAsync<BackendException>(() => queue.LeaseAsync(1, new HashSet<string>(), default).AsTask());
        Assert.Contains("no answer in time", exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsPermanent);
        Assert.False(queue.State.IsUp);
        // Whoever does not want to wait any longer is told just that.
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.LeaseAsync(1, new HashSet<string>(), cancelled.Token).AsTask());
    }

    [Fact]
    public async Task A_service_that_is_silent_at_the_start_is_waited_for_ten_seconds()
    {
        using var server = new OddServer(OddServer.Silence);
        await using var queue = new SqsWebhookQueue(new QueueSqsOptions { EndpointUrl = server.Url }, TimeProvider.System, NullLogger.Instance);
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<BackendException>(() => queue.StartAsync(default));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 5, 15);
    }

    [Fact]
    public async Task A_service_that_talks_nonsense_is_one_that_cannot_be_used()
    {
        foreach (var words in new[] { OddServer.Zeros, OddServer.Http, OddServer.Noise })
        {
            using var server = new OddServer(words);
            await using var queue = new SqsWebhookQueue(new QueueSqsOptions { EndpointUrl = server.Url }, TimeProvider.System, NullLogger.Instance);
            await Assert.ThrowsAsync<BackendException>(() => queue.StartAsync(default));
        }
    }
}
