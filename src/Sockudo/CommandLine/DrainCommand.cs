using System.CommandLine;
using Sockudo.Administration;

namespace Sockudo.CommandLine;

/// <summary>The command <c>drain</c>.</summary>
internal static class DrainCommand
{
    /// <summary>The command.</summary>
    /// <param name="run">Is called with what was asked for; the exit code.</param>
    public static Command Create(Func<ParseResult, DrainRequest, int> run)
    {
        var process = new Option<int?>("--pid") { Description = "Number of the process; without it, the one that listens on the configured port", HelpName = "number" };
        var timeout = new Option<int?>("--timeout") { Description = "Seconds to wait for its end; without it, shutdown_grace_period + 10", HelpName = "seconds" };
        var command = new Command("drain", "Stop a server on this machine gracefully, and wait until it has ended");
        command.Options.Add(process);
        command.Options.Add(timeout);
        command.SetAction(result =>
        {
            var seconds = result.GetValue(timeout);
            if (seconds is < 0 || result.GetValue(process) is <= 0)
            {
                Console.Error.WriteLine("error: --pid must be 1 or more, --timeout 0 or more");
                return ExitCodes.Configuration;
            }

            return run(result, new DrainRequest(result.GetValue(process), seconds is { } number ? TimeSpan.FromSeconds(number) : null));
        });
        return command;
    }
}
