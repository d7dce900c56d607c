using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Redis.Tests.SingleRedis))]

namespace Sockudo.Redis.Tests;

/// <summary>A Redis server that lets everybody in.</summary>
public sealed class SingleRedis() : LazyServer<RedisServer>(static () => RedisServer.StartAsync());
