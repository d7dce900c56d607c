using System.Collections;
using System.Reflection;
using Sockudo;
using Sockudo.Administration;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Diagnosis;
using Sockudo.Telemetry;

var version = typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
var commandLine = CommandLineParser.Parse(args, version);
if (commandLine.Action == CommandLineAction.Exit)
    return commandLine.ExitCode;

var sources = new ConfigurationSources
{
    WorkingDirectory = Directory.GetCurrentDirectory(),
    Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(static entry => (string)entry.Key, static entry => (string)entry.Value!, StringComparer.Ordinal),
    ConfigPath = commandLine.ConfigPath,
    Overrides = commandLine.Overrides,
};
var configuration = ConfigurationLoader.Load(sources);
var telemetry = OtlpSettings.Read(sources.Environment, configuration.DotEnv);

if (commandLine.Action == CommandLineAction.Diagnose)
    return await DoctorProgram.RunAsync(commandLine.Doctor!, configuration, telemetry, TimeProvider.System, Console.Out).ConfigureAwait(false);

if (configuration.Errors.Count + telemetry.Errors.Count > 0)
{
    foreach (var error in configuration.Errors.Concat(telemetry.Errors))
        Console.Error.WriteLine($"error: {error}");
    foreach (var warning in configuration.Warnings)
        Console.Error.WriteLine($"warning: {warning}");
    return ExitCodes.Configuration;
}

switch (commandLine.Action)
{
    case CommandLineAction.CheckConfiguration:
        foreach (var warning in configuration.Warnings.Concat(telemetry.Warnings))
            Console.Error.WriteLine($"warning: {warning}");
        Console.Out.WriteLine(ConfigurationPrinter.Print(configuration));
        return ExitCodes.Ok;
    case CommandLineAction.CheckHealth:
        return await HealthCheck.RunAsync(configuration.Options).ConfigureAwait(false);
    case CommandLineAction.ManageApps:
        return await AppsProgram.RunAsync(commandLine.Apps!, configuration.Options, Console.Out, Console.Error).ConfigureAwait(false);
    case CommandLineAction.ManageWebhooks:
        return await WebhooksProgram.RunAsync(commandLine.Webhooks!, configuration.Options, Console.Out, Console.Error).ConfigureAwait(false);
    case CommandLineAction.Drain:
        return await DrainProgram.RunAsync(commandLine.Drain!, configuration.Options, TimeProvider.System, Console.Out, Console.Error).ConfigureAwait(false);
    default:
        var composition = new Composition(sources, configuration, version, TimeProvider.System);
        await using (composition.ConfigureAwait(false))
            return await new ServerProcess(composition, telemetry).RunAsync().ConfigureAwait(false);
}
