using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelMessageTests(KestrelServer fixture) : MessageSpec(fixture.OrSkip());
