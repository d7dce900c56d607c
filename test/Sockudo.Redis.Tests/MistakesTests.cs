using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>
/// What an operator is told (configuration.md 5.1): which server, why, and the keys to look at, the same for every component; and no secret.
/// </summary>
public sealed class MistakesTests(SingleRedis single, SecuredRedis secured, ClusterRedis cluster)
{
    private const string Secret = "wrong-secret";

    [Fact]
    public async Task Nobody_listens()
    {
        var failure = await FailureOfAsync(Buses.To(FreePort.Next()));
        Assert.False(failure.IsPermanent);
        Assert.Contains("cannot be reached: Connection refused (database.redis.host, database.redis.port)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_answers()
    {
        var server = await single.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        proxy.Hold();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Url = $"redis://127.0.0.1:{proxy.Port}", CommandTimeoutMs = 300 } });
        Assert.False(failure.IsPermanent);
        Assert.Contains("did not answer within 300 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_does_not_exist()
    {
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions(), Url = $"redis://u:{Secret}@no-such-host.invalid", UrlKey = "adapter.redis.redis_pub_options.url" });
        Assert.False(failure.IsPermanent);
        Assert.StartsWith("Redis no-such-host.invalid:6379 ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("(adapter.redis.redis_pub_options.url)", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{SecuredRedis.User}:{Secret}@", "does not accept user and password (database.redis.url)")]
    [InlineData($"nobody:{Secret}@", "does not accept user and password (database.redis.url)")]
    [InlineData("", "wants a password (database.redis.username, database.redis.password)")]
    public async Task The_credentials_are_wrong(string userInfo, string problem)
    {
        var server = await secured.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Url = $"rediss://{userInfo}127.0.0.1:{server.TlsPort}", Tls = Trusting(server) } });
        Assert.True(failure.IsPermanent);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_user_may_not_use_the_channels()
    {
        var server = await secured.GetAsync();
        await using var bus = Buses.Over(
            new RedisTarget { Options = new RedisOptions { Port = server.Port, Username = SecuredRedis.User, Password = SecuredRedis.Password } }, "a", "other");
        var failure = await Assert.ThrowsAsync<BackendException>(() => bus.StartAsync(static (_, _) => { }, CancellationToken.None));
        Assert.True(failure.IsPermanent);
        Assert.Contains("channels that begin with other:", failure.Message, StringComparison.Ordinal);
        Assert.Contains("NOPERM", failure.Message, StringComparison.Ordinal);
        Assert.Contains("database.redis.username", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificate_is_signed_by_somebody_else()
    {
        var server = await secured.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Url = $"rediss://127.0.0.1:{server.TlsPort}", Password = Secret } });
        Assert.True(failure.IsPermanent);
        Assert.Contains("cannot be trusted", failure.Message, StringComparison.Ordinal);
        Assert.Contains("database.redis.tls", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_verifies_the_certificate_if_that_is_wanted()
    {
        var server = await secured.GetAsync();
        var tls = Trusting(server) with { CaPath = null, Insecure = true };
        await using var bus = Buses.Over(new RedisTarget
        {
            Options = new RedisOptions { Port = server.TlsPort, Username = SecuredRedis.User, Password = SecuredRedis.Password, Tls = tls with { Enabled = true } },
        }, "a", "spec-insecure");
        await bus.StartAsync(static (_, _) => { }, CancellationToken.None);
    }

    [Fact]
    public async Task The_server_wants_TLS()
    {
        var server = await secured.GetAsync();
        var failure = await FailureOfAsync(Buses.To(server.TlsPort));
        Assert.Contains("does it want TLS? (database.redis.tls.enabled", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_does_not_speak_TLS()
    {
        var server = await single.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Url = $"rediss://127.0.0.1:{server.Port}", CommandTimeoutMs = 1000, ConnectTimeoutMs = 1000 } });
        Assert.Contains("database.redis.tls", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_does_not_exist()
    {
        var target = new RedisTarget { Options = new RedisOptions { Tls = new ClientTlsOptions { Enabled = true, CaPath = "/no/such/ca.crt" } } };
        var failure = await Assert.ThrowsAsync<BackendException>(() => Task.FromResult(new RedisConnector(target, "a", TimeProvider.System)));
        Assert.True(failure.IsPermanent);
        Assert.Contains("/no/such/ca.crt", failure.Message, StringComparison.Ordinal);
        Assert.Contains("database.redis.tls.ca_path", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_does_not_exist()
    {
        var server = await single.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Url = $"redis://127.0.0.1:{server.Port}/99" } });
        Assert.True(failure.IsPermanent);
        Assert.Contains("has no database 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_is_no_single_server()
    {
        var servers = await cluster.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Port = servers.Ports[0], Password = ClusterRedis.Password } });
        Assert.True(failure.IsPermanent);
        Assert.Contains("is a node of a Redis Cluster; use the driver redis-cluster for it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_server_is_no_cluster()
    {
        var server = await single.GetAsync();
        var failure = await FailureOfAsync(Buses.To(server.Port) with { IsCluster = true, Seeds = [$"127.0.0.1:{server.Port}"], SeedsKey = "adapter.cluster.nodes" });
        Assert.True(failure.IsPermanent);
        Assert.Contains("is a single server, not a node of a Redis Cluster; use the driver redis for it (adapter.cluster.nodes)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_no_Sentinel()
    {
        var server = await single.GetAsync();
        var failure = await FailureOfAsync(new RedisTarget { Options = new RedisOptions { Sentinels = [$"127.0.0.1:{server.Port}"] } });
        Assert.True(failure.IsPermanent);
        Assert.Contains("is no Sentinel (database.redis.sentinels, database.redis.name)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_is_no_master()
    {
        var server = await single.GetAsync();
        await using var replica = await RedisServer.StartAsync($"replicaof 127.0.0.1 {server.Port}");
        var failure = await FailureOfAsync(Buses.To(replica.Port));
        Assert.False(failure.IsPermanent);
        Assert.Contains("is a replica", failure.Message, StringComparison.Ordinal);
    }

    private static ClientTlsOptions Trusting(RedisServer server) => new()
    {
        CaPath = server.Authority.CaPath,
        CertPath = server.Authority.ClientCertPath,
        KeyPath = server.Authority.ClientKeyPath,
    };

    private static async Task<BackendException> FailureOfAsync(RedisTarget target)
    {
        await using var bus = Buses.Over(target, "a", "spec-mistakes");
        var ofBus = await Assert.ThrowsAsync<BackendException>(() => bus.StartAsync(static (_, _) => { }, CancellationToken.None));
        var ofConnector = await Assert.ThrowsAsync<BackendException>(() => new RedisConnector(target, "a", TimeProvider.System).ConnectAsync(CancellationToken.None));
        Assert.Equal((ofBus.Message, ofBus.IsPermanent), (ofConnector.Message, ofConnector.IsPermanent));
        Assert.DoesNotContain(Secret, ofBus.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SecuredRedis.Password, ofBus.ToString(), StringComparison.Ordinal);
        return ofBus;
    }
}
