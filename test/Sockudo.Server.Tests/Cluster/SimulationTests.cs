using System.Globalization;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>
/// Thousands of histories of a cluster in which everything goes wrong: nodes crash, stop and come back, are cut off, the broker goes away, messages are lost, late
/// and doubled. SOCKUDO_SIMULATION_SEEDS runs more of them, SOCKUDO_SIMULATION_SEED a single one again.
/// </summary>
public class SimulationTests
{
    private const int Events = 120;
    private const int Batches = 4;

    private static readonly int Seeds = Number("SOCKUDO_SIMULATION_SEEDS") ?? 2000;

    public static TheoryData<int> AllBatches => [.. Enumerable.Range(0, Batches)];

    [Theory]
    [MemberData(nameof(AllBatches))]
    public void Every_history_ends_with_one_truth_and_no_client_is_told_a_contradiction(int batch)
    {
        if (Number("SOCKUDO_SIMULATION_SEED") is { } only)
        {
            Play(only);
            return;
        }

        for (var seed = batch; seed < Seeds; seed += Batches)
        {
            try
            {
                Play(seed);
            }
            catch (Exception exception)
            {
                throw new Xunit.Sdk.XunitException($"SOCKUDO_SIMULATION_SEED={seed.ToString(CultureInfo.InvariantCulture)}: {exception}");
            }
        }
    }

    private static void Play(int seed)
    {
        var random = new Random(seed);
        var faults = new InMemoryFaults(seed, Drop: random.Next(3) * 0.05, Repeat: random.Next(3) * 0.05, MaxDelayMs: random.Next(4) * 100);
        using var cluster = new SimulatedCluster(2 + random.Next(3), faults);
        cluster.Run(1500);
        for (var i = 0; i < Events; i++)
        {
            cluster.Happen();
            if (i % 20 == 0)
                cluster.ExpectHonestNodes();
        }

        cluster.Settle();
        cluster.ExpectOneTruth();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
