using System.Globalization;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>Webhooks of a server that is killed, in a queue that outlives it.</summary>
public abstract class DurableWebhookSpec : IAsyncLifetime
{
    private const int Count = 10_000;

    private static readonly TestApp App = new("hooked");

    private readonly WebhookReceiver _receiver = new();
    private string[] _options = [];

    /// <summary>What names the queue, as values of <c>--set</c>.</summary>
    protected abstract Task<string[]> GetOptionsAsync();

    public async ValueTask InitializeAsync() => _options = await GetOptionsAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task After_kill_9_in_a_backlog_everything_that_was_queued_is_delivered_by_the_next_server()
    {
        _receiver.Close();
        await using (var process = await StartAsync())
        {
            var server = new ServerUnderTest(process.Address);
            await using var connection = await PusherConnection.ConnectAsync(server, App);
            for (var channel = 0; channel < Count; channel++)
                await connection.RequestAsync(Channel(channel));
            for (var channel = 0; channel < Count; channel++)
                await connection.NextAsync();
            // What is on its way into the queue, at most the time of a batch, may be lost; so wait for it.
            await Task.Delay(1000);
        }

        _receiver.Listen();
        await using (await StartAsync())
        {
            var seen = new Dictionary<string, int>();
            while (seen.Count < Count)
            {
                foreach (var text in _receiver.Next().Verify(App.Secret).Events)
                    seen[text] = seen.GetValueOrDefault(text) + 1;
            }

            for (var channel = 0; channel < Count; channel++)
                Assert.Contains($$"""{"name":"channel_occupied","channel":"{{Channel(channel)}}"}""", seen.Keys);
            // Nothing was being sent when it was killed.
            Assert.All(seen.Values, static times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public async Task What_was_given_up_is_listed_and_sent_by_people()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var process = await StartAsync("webhooks.retry.enabled=false");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        await process.ExpectOutputAsync("a webhook is given up");
        _receiver.Next();
        _receiver.Answer = null;
        Assert.Contains("app hooked  1 attempts, last status 500", await CallAsync("list"), StringComparison.Ordinal);
        Assert.Contains("\"channel_occupied\"", await CallAsync("list", "--json"), StringComparison.Ordinal);
        Assert.Contains("1 put back into the queue.", await CallAsync("retry", "--all"), StringComparison.Ordinal);
        Assert.Equal(["""{"name":"channel_occupied","channel":"a"}"""], _receiver.Events(1, App.Secret));
        Assert.Contains("No webhook was given up.", await CallAsync("list"), StringComparison.Ordinal);
    }

    private static string Channel(int number) => string.Create(CultureInfo.InvariantCulture, $"c-{number}");

    private async Task<string> CallAsync(params string[] arguments)
    {
        await using var process = SockudoProcess.Run(["webhooks", .. arguments, .. _options.SelectMany(static option => new[] { "--set", option })]);
        Assert.Equal(0, await process.WaitForExitAsync());
        return string.Join('\n', process.Output);
    }

    private Task<SockudoProcess> StartAsync(params string[] more)
    {
        var app = $$"""[{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{"url":"{{_receiver.Url}}","event_types":["channel_occupied"]}]}]""";
        return SockudoProcess.StartAsync([.. _options, $"app_manager.array.apps={app}", "webhooks.batching.enabled=false", "webhooks.smoothing_ms=0", .. more]);
    }
}
