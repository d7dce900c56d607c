using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sockudo.CommandLine;

/// <summary>The options of the program.</summary>
internal static class CommandLineParser
{
    /// <summary>Parses the arguments; help, version and mistakes are printed here.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="version">Printed by <c>--version</c>.</param>
    public static ParsedCommandLine Parse(string[] arguments, string version)
    {
        // Nothing to parse: the usual start should not pay for a parser.
        if (arguments.Length == 0)
            return ParsedCommandLine.Empty;

        var config = new Option<string>("--config", "-c") { Description = "Configuration file, JSON or TOML", HelpName = "path" };
        var set = new Option<string[]>("--set") { Description = "Set any key by its dotted path, repeatable", HelpName = "key=value" };
        var host = new Option<string>("--host") { Description = "Short for --set host=…" };
        var port = new Option<string>("--port") { Description = "Short for --set port=…" };
        var debug = new Option<bool>("--debug") { Description = "Short for --set debug=true" };
        var checkConfig = new Option<bool>("--check-config") { Description = "Validate the configuration, print it and exit" };
        var healthCheck = new Option<bool>("--healthcheck") { Description = "Ask a running server whether it is up: exit code 0 or 1" };
        var showVersion = new Option<bool>("--version", "-V") { Description = "Print the version and exit" };
        var command = new RootCommand("Sockudo, a realtime server compatible with the Pusher protocol.");
        command.Options.Remove(command.Options.Single(static option => option.Name == "--version"));
        foreach (var option in new Option[] { config, set, host, port, debug, checkConfig, healthCheck, showVersion })
            command.Options.Add(option);

        // For the commands too: whatever looks for a server is told where in the same words as the server.
        foreach (var option in new Option[] { config, set, host, port })
            option.Recursive = true;

        var parsed = ParsedCommandLine.Empty;
        command.Subcommands.Add(AppsCommand.Create((result, request) => Take(result, parsed with { Action = CommandLineAction.ManageApps, Apps = request })));
        command.Subcommands.Add(WebhooksCommand.Create((result, request) => Take(result, parsed with { Action = CommandLineAction.ManageWebhooks, Webhooks = request })));
        command.Subcommands.Add(DrainCommand.Create((result, request) => Take(result, parsed with { Action = CommandLineAction.Drain, Drain = request })));
        command.Subcommands.Add(DoctorCommand.Create((result, request) => Take(result, parsed with { Action = CommandLineAction.Diagnose, Doctor = request })));
        command.SetAction(result =>
        {
            if (result.GetValue(showVersion))
            {
                Console.Out.WriteLine($"sockudo {version}");
                parsed = parsed with { Action = CommandLineAction.Exit };
                return 0;
            }

            if (!TryReadOverrides(result, out var overrides))
                return ExitCodes.Configuration;
            if (result.GetValue(debug))
                overrides.Add(("--debug", "debug", "true"));
            var action = result.GetValue(checkConfig) ? CommandLineAction.CheckConfiguration
                : result.GetValue(healthCheck) ? CommandLineAction.CheckHealth
                : CommandLineAction.Run;
            parsed = new ParsedCommandLine(action, 0, result.GetValue(config), overrides);
            return 0;
        });

        int Take(ParseResult result, ParsedCommandLine request)
        {
            if (!TryReadOverrides(result, out var overrides))
                return ExitCodes.Configuration;
            parsed = request with { ConfigPath = result.GetValue(config), Overrides = overrides };
            return 0;
        }

        bool TryReadOverrides(ParseResult result, out List<(string Option, string Path, string Value)> overrides)
        {
            overrides = [];
            if (!TryReadAssignments(result.GetValue(set), overrides))
                return false;
            if (result.GetValue(host) is { } hostValue)
                overrides.Add(("--host", "host", hostValue));
            if (result.GetValue(port) is { } portValue)
                overrides.Add(("--port", "port", portValue));
            return true;
        }

        var outcome = command.Parse(arguments);
        if (outcome.Errors.Count > 0)
        {
            foreach (var error in outcome.Errors)
                Console.Error.WriteLine($"error: {error.Message}");
            Console.Error.WriteLine($"'{NameOf(outcome.CommandResult)} --help' says what there is.");
            return parsed with { Action = CommandLineAction.Exit, ExitCode = ExitCodes.Configuration };
        }

        // If the action did not run, help was printed instead.
        var exitCode = outcome.Invoke();
        return exitCode != 0 || ReferenceEquals(parsed, ParsedCommandLine.Empty)
            ? parsed with { Action = CommandLineAction.Exit, ExitCode = exitCode }
            : parsed;
    }

    // As one types it, from the root.
    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "sockudo";

    private static bool TryReadAssignments(string[]? assignments, List<(string Option, string Path, string Value)> overrides)
    {
        foreach (var assignment in assignments ?? [])
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                // What follows the key may be a secret, with another sign before it.
                var key = assignment.TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_');
                Console.Error.WriteLine($"error: --set {string.Concat(key)}: must be key=value");
                return false;
            }

            overrides.Add(("--set", assignment[..equals], assignment[(equals + 1)..]));
        }

        return true;
    }
}
