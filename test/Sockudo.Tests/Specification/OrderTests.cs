using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class OrderTests(MainServer fixture) : OrderSpec(fixture.Server);
