using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class CountTests(MainServer fixture) : CountSpec(fixture.Server);
