using Xunit;

namespace Sockudo.Server.Tests;

/// <summary>Tests that run while no others do, because they look at what all of the process does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneTests
{
    public const string Name = "alone";
}
