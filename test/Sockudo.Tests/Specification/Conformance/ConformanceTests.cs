using Sockudo.Specification.Conformance;

namespace Sockudo.Tests.Specification.Conformance;

public sealed class ConformanceTests(GenerousServer fixture) : PusherConformanceSpec(fixture.OrSkip());
