using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class FrameTests(MainServer fixture) : FrameSpec(fixture.Server);
