using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelClientEventTests(KestrelServer fixture) : ClientEventSpec(fixture.OrSkip());
