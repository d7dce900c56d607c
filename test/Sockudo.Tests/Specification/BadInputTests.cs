using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class BadInputTests(MainServer fixture) : BadInputSpec(fixture.Server);
