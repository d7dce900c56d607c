using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class CacheTests(MainServer fixture) : CacheSpec(fixture.Server);
