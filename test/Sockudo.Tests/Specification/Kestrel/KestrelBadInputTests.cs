using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Kestrel;

/// <inheritdoc/>
public sealed class KestrelBadInputTests(KestrelServer fixture) : BadInputSpec(fixture.OrSkip());
