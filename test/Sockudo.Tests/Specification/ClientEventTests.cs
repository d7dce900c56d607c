using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class ClientEventTests(MainServer fixture) : ClientEventSpec(fixture.Server);
