using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelConnectionTests(KestrelServer fixture) : ConnectionSpec(fixture.OrSkip());
