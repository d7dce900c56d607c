using System.Text.Json;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Diagnosis;

/// <summary>Runs <c>sockudo doctor --json</c> as a process and reads what it says.</summary>
/// <param name="ExitCode">Of the process.</param>
/// <param name="Checks">What it has found.</param>
internal sealed record Doctor(int ExitCode, IReadOnlyList<Doctor.Check> Checks)
{
    // Nothing but what a test asks for.
    private static readonly string[] Quiet = ["host=127.0.0.1", "port=0", "metrics.enabled=false"];

    public sealed record Check(string Name, string Verdict, string Seen, string? Advice);

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Beside <c>--json</c>.</param>
    /// <param name="settings">Values of <c>--set</c>.</param>
    public static Task<Doctor> RunAsync(string[] arguments, params string[] settings) => RunAsync(environment: null, arguments, settings);

    /// <inheritdoc cref="RunAsync(string[], string[])"/>
    /// <param name="environment">Further variables.</param>
    /// <param name="arguments">Beside <c>--json</c>.</param>
    /// <param name="settings">Values of <c>--set</c>.</param>
    public static async Task<Doctor> RunAsync(IReadOnlyDictionary<string, string>? environment, string[] arguments, params string[] settings)
    {
        await using var process = SockudoProcess.Run(
            ["doctor", "--json", "--config", SockudoProcess.AppsFile, .. arguments, .. Quiet.Concat(settings).SelectMany(static setting => new[] { "--set", setting })], environment);
        var code = await process.WaitForExitAsync();
        Assert.Empty(process.Errors);
        using var report = JsonDocument.Parse(string.Join('\n', process.Output));
        var checks = report.RootElement.GetProperty("checks").EnumerateArray().Select(static check => new Check(
            check.GetProperty("check").GetString()!, check.GetProperty("verdict").GetString()!, check.GetProperty("seen").GetString()!,
            check.TryGetProperty("advice", out var advice) ? advice.GetString() : null)).ToList();
        Assert.Equal(code == 0, report.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(code == 0, checks.TrueForAll(static check => check.Verdict != "problem"));
        return new Doctor(code, checks);
    }

    /// <summary>The only finding of a check.</summary>
    public Check this[string name] => Assert.Single(Checks, check => check.Name == name);

    /// <summary>Asserts a verdict, and that a text is in what was seen.</summary>
    public void Expect(string name, string verdict, string seen)
    {
        var check = this[name];
        Assert.Contains(seen, check.Seen, StringComparison.Ordinal);
        Assert.Equal((verdict, check.Seen), (check.Verdict, check.Seen));
        if (verdict != "ok")
            Assert.NotNull(check.Advice);
    }
}
