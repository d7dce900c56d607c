using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class SignatureAttackTests(MainServer fixture) : SignatureAttackSpec(fixture.Server);
