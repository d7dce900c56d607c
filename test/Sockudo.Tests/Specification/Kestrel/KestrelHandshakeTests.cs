using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelHandshakeTests(KestrelServer fixture) : HandshakeSpec(fixture.OrSkip());
