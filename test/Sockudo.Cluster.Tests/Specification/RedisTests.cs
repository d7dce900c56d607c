using Sockudo.Specification;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>The whole specification, with clients and requests spread over three nodes on Redis.</summary>
public static class RedisTests
{
    /// <inheritdoc/>
    public sealed class BadInput(RedisNodes fixture) : BadInputSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Cache(RedisNodes fixture) : CacheSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class ClientEvent(RedisNodes fixture) : ClientEventSpec(fixture.Server);

    /// <summary>On one node: a quota may be exceeded within a heartbeat on several (CL-1).</summary>
    public sealed class Connection(RedisNodes fixture) : ConnectionSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Count(RedisNodes fixture) : CountSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Frame(RedisNodes fixture) : FrameSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Handshake(RedisNodes fixture) : HandshakeSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class HttpApi(RedisNodes fixture) : HttpApiSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpAuth(RedisNodes fixture) : HttpAuthSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Message(RedisNodes fixture) : MessageSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Order(RedisNodes fixture) : OrderSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Presence(RedisNodes fixture) : PresenceSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Subscribe(RedisNodes fixture) : SubscribeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class User(RedisNodes fixture) : UserSpec(fixture.Server);
}
