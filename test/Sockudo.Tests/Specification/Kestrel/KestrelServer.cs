using Sockudo.Tests.Specification.Kestrel;
using Xunit;

[assembly: AssemblyFixture(typeof(KestrelServer))]

namespace Sockudo.Tests.Specification.Kestrel;

/// <summary>
/// A server whose WebSockets come by the HTTP server's transport, as they do with TLS, on a Unix socket, and on other systems than
/// Linux. What depends on how bytes are read and written is specified for it as well.
/// </summary>
public sealed class KestrelServer() : ServerWithOptions("websocket.transport=kestrel");
