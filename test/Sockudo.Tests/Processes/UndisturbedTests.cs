using Xunit;

namespace Sockudo.Tests.Processes;

/// <summary>Tests that run while no others do, because they look at what happens within seconds or load the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedTests
{
    public const string Name = "undisturbed";
}
