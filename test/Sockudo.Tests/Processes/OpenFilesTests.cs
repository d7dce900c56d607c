using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Server.Sockets;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>A process that has no descriptors left.</summary>
public sealed class OpenFilesTests
{
    private const int Limit = 300;
    private const string Request = "GET /live HTTP/1.1\r\nHost: x\r\n\r\n";

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

        var crowd = await CrowdAsync(process, server);
        await PingAsync(early);

        foreach (var one in crowd)
            await one.DisposeAsync();
        await using var late = await PusherConnection.ConnectAsync(server, TestApp.Plain);
    }

    [Fact]
    public async Task A_server_that_is_never_idle_accepts_again_too()
    {
        Assert.SkipUnless(PolledTransport.IsSupported, "needs Linux on x64 or arm64");
        await using var process = await SockudoProcess.StartAsync(openFiles: Limit);
        var server = new ServerUnderTest(process.Address);
        // At the same time, so that each poller has some.
        var busy = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => PusherConnection.ConnectAsync(server, TestApp.Plain)));
        using var stop = new CancellationTokenSource();
        var talking = busy.Select(one => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await PingAsync(one);
                await Task.Delay(10);
            }
        })).ToList();
        var crowd = await CrowdAsync(process, server);
        foreach (var one in crowd)
            await one.DisposeAsync();
        await using var late = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await stop.CancelAsync();
        await Task.WhenAll(talking);
        foreach (var one in busy)
            await one.DisposeAsync();
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("kestrel")]
    public async Task A_stop_does_not_wait_for_descriptors(string transport)
    {
        Assert.SkipUnless(PolledTransport.IsSupported, "needs Linux on x64 or arm64");
        await using var process = await SockudoProcess.StartAsync(
            openFiles: Limit, $"websocket.transport={transport}", "shutdown_grace_period=3", "metrics.enabled=true", "metrics.host=127.0.0.1", "metrics.port=0", "dashboard.enabled=true", "dashboard.port=0");
        ServerUnderTest[] others = [await AddressAsync(process, "metrics"), await AddressAsync(process, "dashboard")];
        foreach (var other in others)
            await (await AskAsync(other)).DisposeAsync(); // What runs for the first time opens files.
        var crowd = await CrowdAsync(process, new ServerUnderTest(process.Address), Request);
        // These have descriptors of the reserve, and more than closing the main listener gives back: it is not whole again.
        foreach (var other in others)
            crowd.Add(await AskAsync(other));
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync());
        foreach (var one in crowd)
            await one.DisposeAsync();
    }

    // The kernel takes them all; the process has no number for the last ones.
    private static async Task<List<RawWebSocket>> CrowdAsync(SockudoProcess process, ServerUnderTest server, string request = "")
    {
        var crowd = new List<RawWebSocket>();
        for (var i = 0; i < Limit; i++)
        {
            crowd.Add(await RawWebSocket.DialAsync(server));
            await crowd[^1].SendBytesAsync(Encoding.ASCII.GetBytes(request));
        }

        await process.ExpectOutputAsync("connections cannot be accepted for now");
        return crowd;
    }

    private static async Task<ServerUnderTest> AddressAsync(SockudoProcess process, string listener)
    {
        var line = await process.ExpectOutputAsync($" {listener}=http");
        return new ServerUnderTest(new Uri(line.Split($" {listener}=")[1].Split(' ')[0]));
    }

    private static async Task<RawWebSocket> AskAsync(ServerUnderTest server)
    {
        var connection = await RawWebSocket.DialAsync(server);
        await connection.SendBytesAsync(Encoding.ASCII.GetBytes(Request));
        await connection.ReadResponseAsync();
        return connection;
    }

    private static async Task PingAsync(PusherConnection connection)
    {
        await connection.SendAsync("""{"event":"pusher:ping","data":{}}""");
        await connection.ExpectAsync("""{"event":"pusher:pong","data":"{}"}""");
    }
}
