using Sockudo.Specification.Conformance;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Tests.Specification.Conformance.GenerousServer))]

namespace Sockudo.Tests.Specification.Conformance;

/// <summary>A server that accepts the largest messages of the conformance cases.</summary>
public sealed class GenerousServer() : ServerWithOptions($"websocket_max_payload_kb={ConformanceSpec.MaxMessageBytes / 1024}");
