using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class UserTests(MainServer fixture) : UserSpec(fixture.Server);
