using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary><c>sockudo drain</c> beside a running server.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task It_stops_the_server_on_the_configured_port_and_tells_how_many_are_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var metricsPort = FreePort.Next();
        string[] metrics = ["metrics.enabled=true", "metrics.host=127.0.0.1", $"metrics.port={metricsPort}"];
        await using var server = await SockudoProcess.StartAsync(["shutdown_grace_period=20", .. metrics]);
        // It does not answer the close frame, so it is waited for.
        await using var stubborn = await RawWebSocket.OpenAsync(new ServerUnderTest(server.Address), new ServerUnderTest(server.Address).WebSocketPath(TestApp.Plain));
        await stubborn.NextFrameAsync();

        await using var drain = SockudoProcess.Run(
            ["drain", "--set", "host=127.0.0.1", "--set", $"port={server.Address.Port}", .. metrics.SelectMany(static option => new[] { "--set", option })]);
        Assert.Equal(0, await drain.WaitForExitAsync());
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.EndsWith("is asked to stop, with 1 connections; waiting for at most 20 s.", drain.Output[0], StringComparison.Ordinal);
        Assert.EndsWith("has ended.", drain.Output[^1], StringComparison.Ordinal);
        Assert.Empty(drain.Errors);
    }

    [Fact]
    public async Task A_server_that_is_stopping_already_is_only_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await using var server = await SockudoProcess.StartAsync("shutdown_grace_period=60");
        var target = new ServerUnderTest(server.Address);
        await using var stubborn = await RawWebSocket.OpenAsync(target, target.WebSocketPath(TestApp.Plain));
        await stubborn.NextFrameAsync();
        server.Signal(PosixSignal.SIGTERM);
        await server.ExpectOutputAsync("stopping: sending connections away");
        await using var drain = SockudoProcess.Run(["drain", "--timeout", "30", "--set", "host=127.0.0.1", "--set", $"port={server.Address.Port}", "--set", "metrics.enabled=false"]);
        Assert.Equal(0, await drain.WaitForExitAsync());
        // A second signal would have ended it with 1.
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_end_in_time_is_told_of_and_left_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await using var server = await SockudoProcess.StartAsync();
        server.Suspend();
        try
        {
            await using var drain = SockudoProcess.Run(["drain", "--pid", $"{server.Id}", "--timeout", "1", "--set", "port=1"]);
            Assert.Equal(1, await drain.WaitForExitAsync());
            Assert.Contains($"has not ended after 1 s and goes on stopping; wait longer with --timeout, or end it with: kill -KILL {server.Id}", Assert.Single(drain.Errors), StringComparison.Ordinal);
        }
        finally
        {
            server.Resume();
        }

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task What_is_no_Sockudo_is_left_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var byPort = SockudoProcess.Run(["drain", "--set", $"port={port}"]);
        Assert.Equal(1, await byPort.WaitForExitAsync());
        Assert.Contains("listens there", Assert.Single(byPort.Errors), StringComparison.Ordinal);
        await using var byId = SockudoProcess.Run(["drain", "--pid", $"{Environment.ProcessId}"]);
        Assert.Equal(1, await byId.WaitForExitAsync());
        Assert.EndsWith("is no Sockudo; it is left alone", Assert.Single(byId.Errors), StringComparison.Ordinal);
        await using var nobody = SockudoProcess.Run(["drain", "--set", $"port={FreePort.Next()}"]);
        Assert.Equal(1, await nobody.WaitForExitAsync());
        Assert.StartsWith("error: no Sockudo listens there", Assert.Single(nobody.Errors), StringComparison.Ordinal);
    }
}
