using Sockudo.Specification.Backends;

namespace Sockudo.Nats.Tests;

/// <summary>A server without any demands.</summary>
public sealed class OneServer() : LazyServers(new NatsServersOptions());
