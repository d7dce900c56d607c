using System.CommandLine;
using Sockudo.Diagnosis;

namespace Sockudo.CommandLine;

/// <summary>The command <c>doctor</c>.</summary>
internal static class DoctorCommand
{
    /// <summary>The command.</summary>
    /// <param name="run">Is called with what was asked for; the exit code.</param>
    public static Command Create(Func<ParseResult, DoctorRequest, int> run)
    {
        var url = new Option<string>("--url") { Description = "What clients use, such as wss://host/app/key: look at the way through the proxies too", HelpName = "url" };
        var idle = new Option<int>("--idle") { Description = "With --url: be silent on a WebSocket for so long, and see whether it is still there", HelpName = "seconds" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("doctor", "Look for what is wrong with configuration, machine, backends, certificate and proxies");
        foreach (var option in new Option[] { url, idle, json })
            command.Options.Add(option);
        command.SetAction(result =>
        {
            Uri? address = null;
            if (result.GetValue(url) is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out address) || address.Scheme is not ("ws" or "wss" or "http" or "https")))
            {
                Console.Error.WriteLine($"error: --url {text}: must begin with ws://, wss://, http:// or https://");
                return ExitCodes.Configuration;
            }

            var seconds = result.GetValue(idle);
            if (seconds < 0 || (seconds > 0 && address is null))
            {
                Console.Error.WriteLine("error: --idle is a number of seconds and needs --url");
                return ExitCodes.Configuration;
            }

            return run(result, new DoctorRequest(address, TimeSpan.FromSeconds(seconds), result.GetValue(json)));
        });
        return command;
    }
}
