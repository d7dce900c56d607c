using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelFrameTests(KestrelServer fixture) : FrameSpec(fixture.OrSkip());
