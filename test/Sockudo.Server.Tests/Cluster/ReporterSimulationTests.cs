using System.Globalization;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>
/// Histories in which nodes are killed and replaced, stop, are cut off or silent, and the broker with them, several at once, while users come and go. Whoever comes to stay
/// is told, and so is that he left for good; and the last that is told is what is. SOCKUDO_SIMULATION_SEEDS runs more of them, SOCKUDO_SIMULATION_SEED a single one again.
/// </summary>
public class ReporterSimulationTests
{
    private static readonly int Seeds = Number("SOCKUDO_SIMULATION_SEEDS") ?? 40;

    [Fact]
    public void Whatever_fails_everything_that_lasts_is_told_and_what_is_told_last_is_so()
    {
        var only = Number("SOCKUDO_SIMULATION_SEED");
        var failures = new List<string>();
        for (var seed = only ?? 0; seed < (only + 1 ?? Seeds); seed++)
        {
            using var history = new ReporterHistory(seed);
            if (history.Play() is { Count: > 0 } wrong)
                failures.Add($"SOCKUDO_SIMULATION_SEED={seed.ToString(CultureInfo.InvariantCulture)}: {string.Join("; ", wrong)}{(only is null ? "" : '\n' + history.ToString())}");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {Seeds} histories:\n{string.Join('\n', failures)}");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
