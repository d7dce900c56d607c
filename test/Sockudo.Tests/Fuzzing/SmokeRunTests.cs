using System.Globalization;
using Sockudo.Fuzz;
using Xunit;

namespace Sockudo.Tests.Fuzzing;

/// <summary>A short run of everything that is fuzzed; <c>test/fuzz</c> makes long ones.</summary>
public sealed class SmokeRunTests
{
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("SOCKUDO_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);

    private static readonly int Mutations = int.Parse(Environment.GetEnvironmentVariable("SOCKUDO_FUZZ_MUTATIONS") ?? "500", CultureInfo.InvariantCulture);

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_is_found_in_the_corpus_and_in_what_is_made_of_it(string target) =>
        SmokeRun.Of(FuzzTarget.All.First(known => known.Name == target), Seed, Mutations);

    [Fact]
    public void Every_folder_of_the_corpus_belongs_to_a_target() => Assert.Equal(
        FuzzTarget.All.Select(static target => target.Name).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "corpus")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
