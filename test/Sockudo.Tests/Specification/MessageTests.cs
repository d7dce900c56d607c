using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class MessageTests(MainServer fixture) : MessageSpec(fixture.Server);
