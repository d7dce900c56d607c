using Sockudo.Specification.Backends;

namespace Sockudo.Nats.Tests;

/// <summary>Three servers that form a cluster.</summary>
public sealed class ThreeServers() : LazyServers(new NatsServersOptions { Count = 3 });
