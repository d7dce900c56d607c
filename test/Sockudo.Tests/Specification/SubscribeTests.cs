using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class SubscribeTests(MainServer fixture) : SubscribeSpec(fixture.Server);
