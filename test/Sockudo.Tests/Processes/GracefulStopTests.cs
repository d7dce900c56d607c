using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>What must not hold up the end of the process, and what must (operations.md 4).</summary>
[Collection(UndisturbedTests.Name)]
public sealed class GracefulStopTests
{
    [Fact]
    public async Task Without_a_grace_period_everything_ends_at_once()
    {
        await using var process = await SockudoProcess.StartAsync("shutdown_grace_period=0");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), TestApp.Plain);
        process.Signal(PosixSignal.SIGTERM);
        await connection.Socket.WaitForEndAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task Idle_HTTP_connections_and_unfinished_handshakes_do_not_hold_the_stop_up()
    {
        await using var process = await SockudoProcess.StartAsync("shutdown_grace_period=60");
        var server = new ServerUnderTest(process.Address);
        await using var silent = await RawWebSocket.DialAsync(server);
        await using var half = await RawWebSocket.DialAsync(server);
        await half.SendBytesAsync(Encoding.ASCII.GetBytes("GET /app/plain-Key HTTP/1.1\r\n"));
        await using var idle = await RawWebSocket.DialAsync(server);
        await idle.SendBytesAsync(Encoding.ASCII.GetBytes("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
        await idle.ReadResponseAsync();
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_request_in_progress_is_finished()
    {
        await using var process = await SockudoProcess.StartAsync();
        var server = new ServerUnderTest(process.Address);
        var http = new PusherHttp(server, TestApp.Plain);
        const string Body = """{"name":"e","data":"x","channel":"a"}""";
        var path = http.Path("/events");
        await using var request = await RawWebSocket.DialAsync(server);
        await request.SendBytesAsync(Encoding.ASCII.GetBytes(
            $"POST {path}?{http.Sign("POST", path, Body)} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n"));
        // The server has begun to read the body.
        await request.ReadResponseAsync();
        Assert.Equal(100, request.Status);
        await using var witness = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        process.Signal(PosixSignal.SIGTERM);
        await witness.ExpectErrorAndCloseAsync(4200);
        await request.SendBytesAsync(Encoding.ASCII.GetBytes(Body));
        await request.ReadResponseAsync();
        Assert.Equal(200, request.Status);
        Assert.Equal(0, await process.WaitForExitAsync());
    }
}
