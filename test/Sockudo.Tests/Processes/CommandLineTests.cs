using Sockudo.Specification;
using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>How the program refuses to start (configuration.md 1.4 and 2): all on standard error, nothing on standard output.</summary>
public sealed class CommandLineTests
{
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
        Assert.Equal(process.Errors, process.Output);
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
        Assert.Equal(process.Errors, process.Output);
    }

    [Theory]
    [InlineData("dashboard.password:hunter2")]
    [InlineData("dashboard.password hunter2")]
    [InlineData("=hunter2")]
    public async Task An_assignment_without_its_sign_does_not_show_the_value(string assignment)
    {
        await using var process = SockudoProcess.Run(["--set", assignment]);
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.StartsWith("error: --set ", Assert.Single(process.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(process.Output, static line => line.Contains("hunter", StringComparison.Ordinal));
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
    public async Task Apps_are_listed_from_the_configuration_and_changed_only_in_a_database()
    {
        await using (var list = SockudoProcess.Run(["apps", "list", "--config", SockudoProcess.AppsFile]))
        {
            Assert.Equal(0, await list.WaitForExitAsync());
            Assert.Contains(list.Output, static line => line.StartsWith("plain ", StringComparison.Ordinal) && line.Contains("plain-Key", StringComparison.Ordinal));
            Assert.DoesNotContain(list.Output, static line => line.Contains("plain-secret", StringComparison.Ordinal));
        }

        await using var disable = SockudoProcess.Run(["apps", "disable", "plain", "--config", SockudoProcess.AppsFile]);
        Assert.Equal(1, await disable.WaitForExitAsync());
        Assert.StartsWith("error: app_manager.driver is memory", Assert.Single(disable.Errors), StringComparison.Ordinal);
    }
}
