using Sockudo.Administration;
using Sockudo.Diagnosis;

namespace Sockudo.CommandLine;

/// <summary>A command line that was understood (configuration.md 1.4).</summary>
/// <param name="Action">What to do.</param>
/// <param name="ExitCode">For <see cref="CommandLineAction.Exit"/>.</param>
/// <param name="ConfigPath"><c>--config</c>; null if not given.</param>
/// <param name="Overrides">Option, path and value of <c>--set</c> and its short forms, in their order.</param>
/// <param name="Apps">For <see cref="CommandLineAction.ManageApps"/>.</param>
/// <param name="Webhooks">For <see cref="CommandLineAction.ManageWebhooks"/>.</param>
/// <param name="Drain">For <see cref="CommandLineAction.Drain"/>.</param>
/// <param name="Doctor">For <see cref="CommandLineAction.Diagnose"/>.</param>
internal sealed record ParsedCommandLine(
    CommandLineAction Action, int ExitCode, string? ConfigPath, IReadOnlyList<(string Option, string Path, string Value)> Overrides, AppsRequest? Apps = null,
    WebhooksRequest? Webhooks = null, DrainRequest? Drain = null, DoctorRequest? Doctor = null)
{
    /// <summary>No arguments.</summary>
    public static ParsedCommandLine Empty { get; } = new(CommandLineAction.Run, 0, null, []);
}
