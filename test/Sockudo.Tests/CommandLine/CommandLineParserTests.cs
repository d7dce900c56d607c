using Sockudo.CommandLine;
using Xunit;

namespace Sockudo.Tests.CommandLine;

/// <summary>configuration.md 1.4.</summary>
public class CommandLineParserTests
{
    [Fact]
    public void Options_become_path_action_and_overrides()
    {
        var parsed = CommandLineParser.Parse(
            ["-c", "a.json", "--set", "logging.filter=info,sockudo=debug", "--host=::", "--port", "1", "--debug", "--set", "mode=", "--check-config"], "1.2.3");
        Assert.Equal((CommandLineAction.CheckConfiguration, "a.json"), (parsed.Action, parsed.ConfigPath));
        Assert.Equal(
            [
                ("--set", "logging.filter", "info,sockudo=debug"), ("--set", "mode", ""), ("--host", "host", "::"), ("--port", "port", "1"), ("--debug", "debug", "true"),
            ],
            parsed.Overrides);
    }

    [Theory]
    [InlineData(CommandLineAction.Run)]
    [InlineData(CommandLineAction.Run, "--config", "a.toml")]
    [InlineData(CommandLineAction.CheckHealth, "--healthcheck")]
    [InlineData(CommandLineAction.Exit, "-V")]
    [InlineData(CommandLineAction.Exit, "--version", "--check-config")]
    [InlineData(CommandLineAction.Exit, "-h")]
    [InlineData(CommandLineAction.Exit, "--help")]
    public void Each_action_is_asked_for_by_its_option(object action, params string[] arguments)
    {
        var parsed = CommandLineParser.Parse(arguments, "1.2.3");
        Assert.Equal((action, 0), (parsed.Action, parsed.ExitCode));
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("--set")]
    [InlineData("--set", "port")]
    [InlineData("--set", "=1")]
    [InlineData("--port", "1", "--port", "2")]
    [InlineData("stray")]
    public void Mistakes_end_with_78(params string[] arguments)
    {
        var parsed = CommandLineParser.Parse(arguments, "1.2.3");
        Assert.Equal((CommandLineAction.Exit, 78), (parsed.Action, parsed.ExitCode));
    }
}
