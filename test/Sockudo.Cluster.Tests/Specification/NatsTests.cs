using Sockudo.Specification;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>The whole specification, with clients and requests spread over three nodes on a cluster of three NATS servers.</summary>
public static class NatsTests
{
    /// <inheritdoc/>
    public sealed class BadInput(NatsNodes fixture) : BadInputSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Cache(NatsNodes fixture) : CacheSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class ClientEvent(NatsNodes fixture) : ClientEventSpec(fixture.Server);

    /// <summary>On one node: a quota may be exceeded within a heartbeat on several (CL-1).</summary>
    public sealed class Connection(NatsNodes fixture) : ConnectionSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Count(NatsNodes fixture) : CountSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Frame(NatsNodes fixture) : FrameSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Handshake(NatsNodes fixture) : HandshakeSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class HttpApi(NatsNodes fixture) : HttpApiSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpAuth(NatsNodes fixture) : HttpAuthSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Message(NatsNodes fixture) : MessageSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Order(NatsNodes fixture) : OrderSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Presence(NatsNodes fixture) : PresenceSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Subscribe(NatsNodes fixture) : SubscribeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class User(NatsNodes fixture) : UserSpec(fixture.Server);
}
