using Sockudo.Specification;

namespace Sockudo.Tests.Specification;

/// <inheritdoc/>
public sealed class HttpApiTests(MainServer fixture) : HttpApiSpec(fixture.Server);
