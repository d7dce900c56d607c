using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelOrderTests(KestrelServer fixture) : OrderSpec(fixture.OrSkip());
