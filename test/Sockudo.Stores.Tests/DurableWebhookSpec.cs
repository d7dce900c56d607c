using System.Globalization;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Metrics;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>Webhooks of a server that is killed, in a queue that outlives it.</summary>
public abstract class DurableWebhookSpec : IAsyncLifetime
{
    private const int Count = 10_000;

    // Ten jobs at a time, to an emulator on a busy machine, take longest.
    private static readonly TimeSpan QueueingTime = TimeSpan.FromMinutes(2);

    protected static TestApp App { get; } = new("hooked");

    protected WebhookReceiver Receiver { get; } = new();
    protected IReadOnlyList<string> Options { get; private set; } = [];

    /// <summary>What names the queue, as values of <c>--set</c>.</summary>
    protected abstract Task<string[]> GetOptionsAsync();

    public async ValueTask InitializeAsync() => Options = await GetOptionsAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Receiver.DisposeAsync();
    }

    [Fact]
    public async Task After_kill_9_in_a_backlog_everything_that_was_queued_is_delivered_by_the_next_server()
    {
        Receiver.Close();
        await using (var process = await StartAsync("metrics.enabled=true", "metrics.port=0", "metrics.host=127.0.0.1"))
        {
            var server = new ServerUnderTest(process.Address);
            await using var connection = await PusherConnection.ConnectAsync(server, App);
            for (var channel = 0; channel < Count; channel++)
                await connection.RequestAsync(Channel(channel));
            for (var channel = 0; channel < Count; channel++)
                await connection.NextAsync();
            // What is on its way into the queue may be lost; so wait for it.
            await ExpectQueuedAsync(process);
        }

        Receiver.Listen();
        await using (await StartAsync())
        {
            var seen = new Dictionary<string, int>();
            while (seen.Count < Count)
            {
                foreach (var text in Receiver.Next().Verify(App.Secret).Events)
                    seen[text] = seen.GetValueOrDefault(text) + 1;
            }

            for (var channel = 0; channel < Count; channel++)
                Assert.Contains($$"""{"name":"channel_occupied","channel":"{{Channel(channel)}}"}""", seen.Keys);
            // Nothing was being sent when it was killed.
            Assert.All(seen.Values, static times => Assert.Equal(1, times));
        }
    }

    private static async Task ExpectQueuedAsync(SockudoProcess process)
    {
        var metrics = new Uri((await process.ExpectOutputAsync(" metrics=http")).Split(" metrics=")[1].Split(' ')[0]);
        using var patience = new CancellationTokenSource(QueueingTime);
        while (true)
        {
            var scrape = await Scrape.OfAsync(metrics);
            if (Count == (int)(scrape.Sum("sockudo_queue_depth") - scrape.Sum("sockudo_queue_depth", ("state", "dead"))))
                return;
            await Task.Delay(200, patience.Token);
        }
    }

    private static string Channel(int number) => string.Create(CultureInfo.InvariantCulture, $"c-{number}");

    /// <summary>Starts a server with an app that is told of occupied channels.</summary>
    protected Task<SockudoProcess> StartAsync(params string[] more)
    {
        var app = $$"""[{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{"url":"{{Receiver.Url}}","event_types":["channel_occupied"]}]}]""";
        return SockudoProcess.StartAsync([.. Options, $"app_manager.array.apps={app}", "webhooks.batching.enabled=false", "webhooks.smoothing_ms=0", .. more]);
    }
}
