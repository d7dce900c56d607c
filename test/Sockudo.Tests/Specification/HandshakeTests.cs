using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class HandshakeTests(MainServer fixture) : HandshakeSpec(fixture.Server);
