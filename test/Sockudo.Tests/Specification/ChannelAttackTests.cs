using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class ChannelAttackTests(MainServer fixture) : ChannelAttackSpec(fixture.Server);
