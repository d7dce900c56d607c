using Sockudo.Specification;

namespace Sockudo.Cluster.Tests.Specification;

/// <summary>The whole specification, with clients and requests spread over three nodes on a Redis Cluster of three masters and three replicas.</summary>
public static class RedisClusterTests
{
    /// <inheritdoc/>
    public sealed class BadInput(RedisClusterNodes fixture) : BadInputSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Cache(RedisClusterNodes fixture) : CacheSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class ClientEvent(RedisClusterNodes fixture) : ClientEventSpec(fixture.Server);

    /// <summary>On one node: a quota may be exceeded within a heartbeat on several (CL-1).</summary>
    public sealed class Connection(RedisClusterNodes fixture) : ConnectionSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Count(RedisClusterNodes fixture) : CountSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Frame(RedisClusterNodes fixture) : FrameSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class Handshake(RedisClusterNodes fixture) : HandshakeSpec(fixture.Single);

    /// <inheritdoc/>
    public sealed class HttpApi(RedisClusterNodes fixture) : HttpApiSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class HttpAuth(RedisClusterNodes fixture) : HttpAuthSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Message(RedisClusterNodes fixture) : MessageSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Order(RedisClusterNodes fixture) : OrderSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Presence(RedisClusterNodes fixture) : PresenceSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class Subscribe(RedisClusterNodes fixture) : SubscribeSpec(fixture.Server);

    /// <inheritdoc/>
    public sealed class User(RedisClusterNodes fixture) : UserSpec(fixture.Server);
}
