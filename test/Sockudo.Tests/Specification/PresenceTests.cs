using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class PresenceTests(MainServer fixture) : PresenceSpec(fixture.Server);
