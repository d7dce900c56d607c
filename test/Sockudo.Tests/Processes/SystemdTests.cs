using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>What systemd is told by a unit of <c>Type=notify</c>, by a process and a socket that stands for systemd's.</summary>
public sealed class SystemdTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_is_told_of_start_reload_life_and_stop(bool isAbstract)
    {
        var name = ServerUnderTest.Unique("sockudo-notify-");
        var path = isAbstract ? "@" + name : Path.Combine(Path.GetTempPath(), name);
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : path));
        try
        {
            await using var process = await SockudoProcess.StartAsync(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "400000" });
            var starting = await NextAsync(systemd);
            Assert.Equal("Starting", starting["STATUS"]);
            Assert.True(long.Parse(starting["EXTEND_TIMEOUT_USEC"]) > 10_000_000);
            var ready = await NextAsync(systemd);
            Assert.Equal(("1", $"Listening on {process.Address.AbsoluteUri.TrimEnd('/')}"), (ready["READY"], ready["STATUS"]));
            Assert.Equal("1", (await NextAsync(systemd))["WATCHDOG"]);
            Assert.Equal("1", (await NextAsync(systemd))["WATCHDOG"]);

            process.Signal(PosixSignal.SIGHUP);
            var reloading = await NextAsync(systemd, "RELOADING");
            Assert.True(long.Parse(reloading["MONOTONIC_USEC"]) > 0);
            Assert.Equal("1", (await NextAsync(systemd, "READY"))["READY"]);

            process.Signal(PosixSignal.SIGTERM);
            Assert.Equal("20000000", (await NextAsync(systemd, "STOPPING"))["EXTEND_TIMEOUT_USEC"]);
            Assert.Equal(0, await process.WaitForExitAsync());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_socket_that_is_not_there_is_a_warning_and_nothing_else()
    {
        await using var process = await SockudoProcess.StartAsync(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = "/nonexistent/notify" });
        await process.ExpectOutputAsync("systemd cannot be told");
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Single(process.Output, static line => line.Contains("systemd cannot be told", StringComparison.Ordinal));
    }

    // The next datagram, or the next one with an entry of this name.
    private static async Task<Dictionary<string, string>> NextAsync(Socket systemd, string? name = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await systemd.ReceiveAsync(buffer, SocketFlags.None, timeout.Token);
            var entries = Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Select(static line => line.Split('=', 2)).ToDictionary(static entry => entry[0], static entry => entry[1]);
            if (name is null || entries.ContainsKey(name))
                return entries;
        }
    }
}
