using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>How the process ends (operations.md 3 and 4).</summary>
[Collection(UndisturbedTests.Name)]
public sealed class GracefulStopTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_signal_sends_everybody_away_with_4200_and_the_process_exits_with_0(PosixSignal signal)
    {
        await using var process = await SockudoProcess.StartAsync();
        var server = new ServerUnderTest(process.Address);
        var connections = new List<PusherConnection>();
        for (var i = 0; i < 50; i++)
        {
            connections.Add(await PusherConnection.ConnectAsync(server, TestApp.Plain));
            await connections[^1].SubscribeAsync($"channel-{i}");
        }

        process.Signal(signal);
        await Task.WhenAll(connections.Select(static async connection =>
        {
            Assert.Equal("Please reconnect immediately", await connection.ExpectErrorAsync(4200));
            await connection.ExpectCloseAsync(4200);
        }));
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Empty(process.Errors);
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task While_connections_are_sent_away_the_node_is_not_ready_but_the_API_works_on()
    {
        await using var process = await SockudoProcess.StartAsync();
        var server = new ServerUnderTest(process.Address);
        var http = new PusherHttp(server, TestApp.Plain);
        await using var stubborn = await PusherConnection.ConnectAsync(server, TestApp.Plain);

        process.Signal(PosixSignal.SIGTERM);
        // Its close frame is not answered, so the server waits two seconds for that.
        await stubborn.ExpectErrorAsync(4200);
        Assert.Equal(4200, (await stubborn.Socket.NextFrameAsync()).CloseCode);

        await using var late = await RawWebSocket.OpenAsync(server, server.WebSocketPath(TestApp.Plain));
        Assert.Equal(101, late.Status);
        Assert.Contains("\"code\":4200", (await late.NextFrameAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(4200, (await late.NextFrameAsync()).CloseCode);

        var up = await http.SendRawAsync("GET", "/up");
        up.Expect(503);
        Assert.Equal("ERROR", up.Headers["x-health-check"]);
        Assert.Equal("unhealthy", (string?)up.Json["error"]);
        Assert.True((bool?)up.Json["checks"]!["draining"]);
        (await http.SendRawAsync("GET", "/live")).Expect(200);
        await http.PublishAsync("channel", "e", "still works");

        await stubborn.Socket.WaitForEndAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once_with_1()
    {
        await using var process = await SockudoProcess.StartAsync();
        await using var stubborn = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), TestApp.Plain);
        process.Signal(PosixSignal.SIGTERM);
        await stubborn.ExpectErrorAsync(4200);
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(1, await process.WaitForExitAsync());
    }

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
