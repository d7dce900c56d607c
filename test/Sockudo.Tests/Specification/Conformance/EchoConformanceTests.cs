using Sockudo.Specification;
using Sockudo.Specification.Conformance;
using Xunit;

namespace Sockudo.Tests.Specification.Conformance;

/// <summary>The cases word for word: every message comes back.</summary>
public sealed class EchoConformanceTests(EchoServer server) : ConformanceSpec, IClassFixture<EchoServer>
{
    protected override Task<RawWebSocket> OpenAsync() => RawWebSocket.OpenAsync(server.Address, "/");

    protected override ServerFrame AnswerTo(ServerFrame message) => message;
}
