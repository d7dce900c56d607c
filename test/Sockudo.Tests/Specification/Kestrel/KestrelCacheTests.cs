using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelCacheTests(KestrelServer fixture) : CacheSpec(fixture.OrSkip());
