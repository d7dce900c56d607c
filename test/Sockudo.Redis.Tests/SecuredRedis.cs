using Sockudo.Specification.Backends;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Redis.Tests.SecuredRedis))]

namespace Sockudo.Redis.Tests;

/// <summary>A Redis server with TLS, which knows one user, with a password of awkward signs and no right that the bus does not need.</summary>
public sealed class SecuredRedis() : LazyServer<RedisServer>(static () => RedisServer.StartWithTlsAsync(
    "tls-auth-clients yes", "user default off", $"user {User} on \">{Password}\" resetchannels &spec-* -@all +publish +subscribe +unsubscribe +ping"))
{
    public const string User = "sockudo";
    public const string Password = "p@ss:w/rd%41?#é";
}
