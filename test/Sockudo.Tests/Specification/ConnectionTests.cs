using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class ConnectionTests(MainServer fixture) : ConnectionSpec(fixture.Server);
