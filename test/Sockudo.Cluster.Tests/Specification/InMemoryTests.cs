using Sockudo.Specification;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>The whole specification, with clients and requests spread over three nodes on a broker in memory.</summary>
public static class InMemoryTests
{
    /// <inheritdoc/>
    public sealed class BadInput(InMemoryNodes fixture) : BadInputSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Cache(InMemoryNodes fixture) : CacheSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class ClientEvent(InMemoryNodes fixture) : ClientEventSpec(fixture.Server);

    /// <summary>On one node: a quota may be exceeded within a heartbeat on several (CL-1).</summary>
    public sealed class Connection(InMemoryNodes fixture) : ConnectionSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Count(InMemoryNodes fixture) : CountSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Frame(InMemoryNodes fixture) : FrameSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Handshake(InMemoryNodes fixture) : HandshakeSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class HttpApi(InMemoryNodes fixture) : HttpApiSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpAuth(InMemoryNodes fixture) : HttpAuthSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Message(InMemoryNodes fixture) : MessageSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Order(InMemoryNodes fixture) : OrderSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Presence(InMemoryNodes fixture) : PresenceSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Subscribe(InMemoryNodes fixture) : SubscribeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class User(InMemoryNodes fixture) : UserSpec(fixture.Server);
}
