using Sockudo.Administration;
using Sockudo.CommandLine;
using Sockudo.Server.Apps;
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

    [Fact]
    public void What_looks_for_a_server_is_told_where_in_the_words_of_the_server()
    {
        Assert.Equal([("--set", "metrics.port", "2"), ("--port", "port", "1")], CommandLineParser.Parse(["doctor", "--port", "1", "--set", "metrics.port=2"], "1.2.3").Overrides);
        Assert.Equal([("--host", "host", "::1"), ("--port", "port", "1")], CommandLineParser.Parse(["drain", "--host", "::1", "--port", "1"], "1.2.3").Overrides);
    }

    [Theory]
    [InlineData("apps")]
    [InlineData("apps", "nonsense")]
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

    [Fact]
    public void The_command_apps_has_verbs_fields_and_the_options_that_name_the_configuration()
    {
        var parsed = CommandLineParser.Parse(
            ["apps", "update", "my-app", "--config", "a.toml", "--max-connections", "5", "--clear", "webhooks", "--clear", "max-event-name-length", "--set", "app_manager.driver=sqlite", "--json"],
            "1.2.3");
        Assert.Equal((CommandLineAction.ManageApps, "a.toml"), (parsed.Action, parsed.ConfigPath));
        Assert.Equal([("--set", "app_manager.driver", "sqlite")], parsed.Overrides);
        var apps = parsed.Apps!;
        Assert.Equal((AppsVerb.Update, "my-app", true, false, false), (apps.Verb, apps.Id, apps.IsJson, apps.ShowSecrets, apps.IsFinish));
        Assert.Equal(new AppRecord { ["webhooks"] = null, ["max_event_name_length"] = null, ["max_connections"] = "5" }, apps.Fields);
    }

    [Theory]
    [InlineData("apps", "update", "my-app")]
    [InlineData("apps", "update", "my-app", "--clear", "no_such_field")]
    [InlineData("apps", "update", "my-app", "--clear", "secret")]
    [InlineData("apps", "update", "my-app", "--no-such-field", "1")]
    [InlineData("apps", "create")]
    [InlineData("apps", "burn", "my-app")]
    [InlineData("apps", "list", "--set", "port")]
    public void Mistakes_in_apps_are_mistakes_of_the_command_line(params string[] arguments)
    {
        var parsed = CommandLineParser.Parse(arguments, "1.2.3");
        Assert.Equal((CommandLineAction.Exit, 78), (parsed.Action, parsed.ExitCode));
    }
}
