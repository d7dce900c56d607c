using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>The same with a queue that keeps what was given up, for people to look at.</summary>
public abstract class KeptDeadLettersSpec : DurableWebhookSpec
{
    [Fact]
    public async Task What_was_given_up_is_listed_and_sent_by_people()
    {
        Receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var process = await StartAsync("webhooks.retry.enabled=false");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        await process.ExpectOutputAsync("a webhook is given up");
        Receiver.Next();
        Receiver.Answer = null;
        Assert.Contains("app hooked  1 attempts, last status 500", await CallAsync("list"), StringComparison.Ordinal);
        Assert.Contains("\"channel_occupied\"", await CallAsync("list", "--json"), StringComparison.Ordinal);
        Assert.Contains("1 put back into the queue.", await CallAsync("retry", "--all"), StringComparison.Ordinal);
        Assert.Equal(["""{"name":"channel_occupied","channel":"a"}"""], Receiver.Events(1, App.Secret));
        Assert.Contains("No webhook was given up.", await CallAsync("list"), StringComparison.Ordinal);
    }

    private async Task<string> CallAsync(params string[] arguments)
    {
        await using var process = SockudoProcess.Run(["webhooks", .. arguments, .. Options.SelectMany(static option => new[] { "--set", option })]);
        Assert.Equal(0, await process.WaitForExitAsync());
        return string.Join('\n', process.Output);
    }
}
