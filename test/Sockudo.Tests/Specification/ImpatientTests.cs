using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class ImpatientTests(ImpatientServer fixture) : ImpatientSpec(fixture.Server);
