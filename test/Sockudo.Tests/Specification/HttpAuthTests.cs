using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class HttpAuthTests(MainServer fixture) : HttpAuthSpec(fixture.Server);
