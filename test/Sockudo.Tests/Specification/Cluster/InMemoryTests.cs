using Sockudo.Specification;

namespace Sockudo.Tests.Specification.Cluster;

/// <summary>The whole specification, with clients and requests spread over three nodes on a broker in memory.</summary>
public static class InMemoryTests
{
    /// <inheritdoc/>
    public sealed class BadInput(InMemoryServers fixture) : BadInputSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Cache(InMemoryServers fixture) : CacheSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class ClientEvent(InMemoryServers fixture) : ClientEventSpec(fixture.Server);

    /// <summary>On one node: a quota may be exceeded within a heartbeat on several (CL-1).</summary>
    public sealed class Connection(InMemoryServers fixture) : ConnectionSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Count(InMemoryServers fixture) : CountSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Frame(InMemoryServers fixture) : FrameSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Handshake(InMemoryServers fixture) : HandshakeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpApi(InMemoryServers fixture) : HttpApiSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpAuth(InMemoryServers fixture) : HttpAuthSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Message(InMemoryServers fixture) : MessageSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Order(InMemoryServers fixture) : OrderSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Presence(InMemoryServers fixture) : PresenceSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Subscribe(InMemoryServers fixture) : SubscribeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class User(InMemoryServers fixture) : UserSpec(fixture.Server);
}
