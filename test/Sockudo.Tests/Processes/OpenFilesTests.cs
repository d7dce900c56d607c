using Sockudo.Server.Sockets;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>A process that has no descriptors left.</summary>
public sealed class OpenFilesTests
{
    private const int Limit = 300;

    [Theory]
    [InlineData("auto")]
    [InlineData("kestrel")] // as with TLS and on a Unix socket
    public async Task Connections_that_cannot_be_accepted_are_told_to_the_operator_and_accepted_when_others_have_gone(string transport)
    {
        Assert.SkipUnless(PolledTransport.IsSupported, "needs Linux on x64 or arm64");
        await using var process = await SockudoProcess.StartAsync(openFiles: Limit, $"websocket.transport={transport}");
        var server = new ServerUnderTest(process.Address);
        await using var early = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await PingAsync(early); // The runtime opens files too, for code that runs for the first time.

        // The kernel takes them all; the process has no number for the last ones.
        var crowd = new List<RawWebSocket>();
        for (var i = 0; i < Limit; i++)
            crowd.Add(await RawWebSocket.DialAsync(server));
        await process.ExpectOutputAsync("connections cannot be accepted for now");
        await PingAsync(early);

        foreach (var one in crowd)
            await one.DisposeAsync();
        await using var late = await PusherConnection.ConnectAsync(server, TestApp.Plain);
    }

    private static async Task PingAsync(PusherConnection connection)
    {
        await connection.SendAsync("""{"event":"pusher:ping","data":{}}""");
        await connection.ExpectAsync("""{"event":"pusher:pong","data":"{}"}""");
    }
}
