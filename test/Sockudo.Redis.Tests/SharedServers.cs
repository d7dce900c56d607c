using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>Servers for the tests that leave them as they found them.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServers : ICollectionFixture<SingleRedis>, ICollectionFixture<SecuredRedis>, ICollectionFixture<ClusterRedis>
{
    public const string Name = "shared servers";
}
