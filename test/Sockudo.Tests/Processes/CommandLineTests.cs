using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>What the program does with its command line, and how it refuses to start (configuration.md 1.4, 2, 5).</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--version")]
    [InlineData("-V")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Version_and_help_are_printed_before_anything_is_loaded(string option)
    {
        await using var process = SockudoProcess.Run(["--config", "/nonexistent/file.json", option]);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains(process.Output, static line => line.Contains("sockudo", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task Check_config_prints_the_effective_configuration_without_secrets_and_contacts_nothing()
    {
        await using var process = SockudoProcess.Run(
            ["--config", SockudoProcess.AppsFile, "--check-config", "--set", "activity_timeout=77", "--port", "1234", "--host", "127.0.0.1"]);
        Assert.Equal(0, await process.WaitForExitAsync());
        var text = string.Join('\n', process.Output);
        var printed = JsonNode.Parse(text)!;
        Assert.Equal(77, (int?)printed["activity_timeout"]);
        Assert.Equal(1234, (int?)printed["port"]);
        Assert.Equal("local", (string?)printed["adapter"]!["driver"]);
        Assert.DoesNotContain("plain-secret", text, StringComparison.Ordinal);
        Assert.Equal("***", (string?)printed["app_manager"]!["array"]!["apps"]![0]!["secret"]);
    }

    [Fact]
    public async Task All_mistakes_of_all_sources_are_reported_together_with_78()
    {
        await using var process = SockudoProcess.Run(
            ["--check-config", "--config", SockudoProcess.AppsFile, "--set", "port=70000", "--set", "activity_timeout=soon"],
            new Dictionary<string, string> { ["ADAPTER_DRIVER"] = "redis2" });
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.Contains(
            "error: adapter.driver = \"redis2\" (environment ADAPTER_DRIVER): unknown driver; use one of local, redis, redis-cluster, nats", process.Errors);
        Assert.Contains(process.Errors, static line => line.StartsWith("error: port = \"70000\" (", StringComparison.Ordinal));
        Assert.Contains(process.Errors, static line => line.StartsWith("error: activity_timeout = \"soon\" (", StringComparison.Ordinal));
        Assert.Empty(process.Output);
    }

    [Theory]
    [InlineData("--config", "/nonexistent/file.json")]
    [InlineData("--set", "nonsense")]
    [InlineData("--set", "no.such.key=1")]
    [InlineData("--no-such-option")]
    [InlineData("--set", "websocket.max_pending_bytes=1")]
    public async Task A_wrong_command_line_or_value_ends_with_78_and_says_why(params string[] arguments)
    {
        await using var process = SockudoProcess.Run(arguments);
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.Contains(process.Errors, line => line.StartsWith("error: ", StringComparison.Ordinal)
            && line.Contains(arguments[^1].Split('=')[0], StringComparison.Ordinal));
        Assert.Empty(process.Output);
    }

    [Fact]
    public async Task An_unreadable_file_is_reported_with_its_line()
    {
        var file = Path.Combine(AppContext.BaseDirectory, ServerUnderTest.Unique("broken-") + ".json");
        await File.WriteAllTextAsync(file, "{\n  \"port\": 6001,\n  \"host\" 7\n}", TestContext.Current.CancellationToken);
        try
        {
            await using var process = SockudoProcess.Run(["--config", file]);
            Assert.Equal(78, await process.WaitForExitAsync());
            Assert.Contains(process.Errors, line => line.Contains(file, StringComparison.Ordinal) && line.Contains('3'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task An_address_in_use_ends_with_1_and_names_the_keys()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        await using var process = SockudoProcess.Run(["--host", "127.0.0.1", "--port", port, "--set", "metrics.enabled=false"]);
        Assert.Equal(1, await process.WaitForExitAsync());
        var error = Assert.Single(process.Errors);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains("port", error, StringComparison.Ordinal);
        Assert.Contains(port, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthcheck_asks_the_configured_listener()
    {
        await using var server = await SockudoProcess.StartAsync("path_prefix=/deep");
        var port = server.Address.Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["--healthcheck", "--host", "127.0.0.1", "--port", port, "--set"];
        await using var healthy = SockudoProcess.Run([.. arguments, "path_prefix=/deep"]);
        Assert.Equal(0, await healthy.WaitForExitAsync());
        await using var elsewhere = SockudoProcess.Run([.. arguments, "path_prefix=/"]);
        Assert.Equal(1, await elsewhere.WaitForExitAsync());
        Assert.NotEmpty(elsewhere.Errors);
        server.Signal(PosixSignal.SIGTERM);
        await server.WaitForExitAsync();
        await using var gone = SockudoProcess.Run([.. arguments, "path_prefix=/deep"]);
        Assert.Equal(1, await gone.WaitForExitAsync());
        Assert.NotEmpty(gone.Errors);
    }

    [Fact]
    public async Task The_start_line_says_what_runs_where()
    {
        await using var server = await SockudoProcess.StartAsync("mode=staging");
        var line = server.Output.First(static line => line.Contains("addresses=", StringComparison.Ordinal));
        foreach (var part in new[] { "mode=staging", "adapter:local", $"config={SockudoProcess.AppsFile}", "open_files=", "metrics=off" })
            Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Output, static text => text.Contains("-secret", StringComparison.Ordinal));
    }
}
