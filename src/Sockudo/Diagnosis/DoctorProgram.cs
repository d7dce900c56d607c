using System.Globalization;
using System.Runtime.CompilerServices;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Telemetry;

namespace Sockudo.Diagnosis;

/// <summary><c>sockudo doctor</c>: looks for what is wrong with configuration, machine, backends, certificate and proxies, and says what to change. Changes nothing.</summary>
internal static class DoctorProgram
{
    /// <summary>Looks at everything and prints one line for each finding; the exit code is 0 if there is no problem, 78 for a wrong configuration, else 1.</summary>
    public static async Task<int> RunAsync(
        DoctorRequest request, ConfigurationResult configuration, OtlpSettings telemetry, TimeProvider time, TextWriter output)
    {
        var findings = new List<Finding>();
        await foreach (var finding in ExamineAsync(request, configuration, telemetry, time).ConfigureAwait(false))
        {
            findings.Add(finding);
            if (!request.IsJson)
                await output.WriteLineAsync(Line(finding)).ConfigureAwait(false);
        }

        var problems = findings.Count(static finding => finding.Verdict == Verdict.Problem);
        if (request.IsJson)
            await output.WriteLineAsync(Json(findings)).ConfigureAwait(false);
        else
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"checks: {findings.Count}, problems: {problems}, warnings: {findings.Count(static finding => finding.Verdict == Verdict.Warning)}")).ConfigureAwait(false);
        return configuration.Errors.Count + telemetry.Errors.Count > 0 ? ExitCodes.Configuration : problems > 0 ? ExitCodes.Failure : ExitCodes.Ok;
    }

    private static async IAsyncEnumerable<Finding> ExamineAsync(
        DoctorRequest request, ConfigurationResult configuration, OtlpSettings telemetry, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var error in configuration.Errors.Concat(telemetry.Errors))
            yield return Finding.Problem("configuration", error);
        foreach (var warning in configuration.Warnings.Concat(telemetry.Warnings))
            yield return Finding.Warning("configuration", warning, advice: null);
        if (configuration.Errors.Count + telemetry.Errors.Count > 0)
        {
            yield return Finding.Warning("other checks", "they wait for a configuration without mistakes", advice: null);
            yield break;
        }

        var options = configuration.Options;
        yield return Finding.Ok("configuration", SourcesOf(configuration));
        var listeners = new ListenerChecks(options);
        foreach (var finding in await listeners.RunAsync().ConfigureAwait(false))
            yield return finding;
        foreach (var finding in MachineChecks.Run(options, listeners.Running))
            yield return finding;
        if (options.Ssl.Enabled && !options.UnixSocket.Enabled)
        {
            foreach (var finding in CertificateChecks.Run(options.Ssl, time))
                yield return finding;
        }

        await foreach (var finding in new BackendChecks(options, time).RunAsync(cancellationToken).ConfigureAwait(false))
            yield return finding;
        if (request.Url is null)
            yield break;
        await foreach (var finding in new UrlChecks(request.Url, request.Idle, options, time).RunAsync(cancellationToken).ConfigureAwait(false))
            yield return finding;
    }

    private static string SourcesOf(ConfigurationResult configuration) => (configuration.File, configuration.DotEnv) switch
    {
        ({ } file, null) => file,
        ({ } file, _) => $"{file}, and .env in this directory",
        (null, null) => "no file: defaults and variables",
        _ => "no file: defaults, variables, and .env in this directory",
    };

    private static string Line(Finding finding)
    {
        var text = finding.Advice is null ? finding.Seen : $"{finding.Seen} -> {finding.Advice}";
        return $"{NameOf(finding.Verdict),-8} {finding.Check,-20} {text.ReplaceLineEndings(" ")}";
    }

    private static string Json(List<Finding> findings) => JsonOutput.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", findings.TrueForAll(static finding => finding.Verdict != Verdict.Problem));
            writer.WriteStartArray("checks");
            foreach (var finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("check", finding.Check);
                writer.WriteString("verdict", NameOf(finding.Verdict));
                writer.WriteString("seen", finding.Seen);
                if (finding.Advice is not null)
                    writer.WriteString("advice", finding.Advice);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        },
        isIndented: true);

    private static string NameOf(Verdict verdict) => verdict switch { Verdict.Ok => "ok", Verdict.Warning => "warning", _ => "problem" };
}
