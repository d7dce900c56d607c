using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>configuration.md 3.6.1.</summary>
public sealed class RedisSettingsTests
{
    private static readonly RedisOptions Section = new() { Host = "section", Port = 7, Db = 2, Username = "section-user", Password = "section%20password" };

    [Fact]
    public void Without_a_URL_the_single_keys_count()
    {
        var settings = RedisSettings.From(new RedisTarget { Options = Section });
        Assert.Equal([new RedisAddress("section", 7)], settings.Servers);
        Assert.Equal(("section-user", "section%20password", 2, false), (settings.Username, settings.Password, settings.Database, settings.UsesTls));
        Assert.Equal("database.redis.host, database.redis.port", settings.AddressKeys);
    }

    [Theory]
    [InlineData("redis://h", "h:7", "section-user", "section%20password", 2, false)]
    [InlineData("redis://h:6380/5", "h:6380", "section-user", "section%20password", 5, false)]
    [InlineData("rediss://:p%40%2Fw@h/", "h:7", "section-user", "p@/w", 2, true)]
    [InlineData("redis://us%3Aer:p%20w@[::1]:1/%33", "[::1]:1", "us:er", "p w", 3, false)]
    public void What_a_URL_names_wins_and_the_section_has_the_rest(string url, string address, string user, string password, int database, bool usesTls)
    {
        var settings = RedisSettings.From(new RedisTarget { Options = Section with { Url = url } });
        Assert.Equal([address], settings.Servers.Select(static server => server.ToString()));
        Assert.Equal((user, password, database, usesTls), (settings.Username, settings.Password, settings.Database, settings.UsesTls));
    }

    [Fact]
    public void A_component_with_its_own_URL_has_its_own_server()
    {
        var settings = RedisSettings.From(new RedisTarget
        {
            Options = Section with { Url = "redis://other:1", Sentinels = ["s:1"], Tls = new ClientTlsOptions { Enabled = true } },
            Url = "redis://own",
            UrlKey = "adapter.redis.redis_pub_options.url",
        });
        Assert.Equal([new RedisAddress("own", 6379)], settings.Servers);
        Assert.Empty(settings.Sentinels);
        Assert.Equal(("section%20password", true, "adapter.redis.redis_pub_options.url"), (settings.Password, settings.UsesTls, settings.AddressKeys));
    }

    [Fact]
    public void Sentinels_stand_in_for_the_address()
    {
        var settings = RedisSettings.From(new RedisTarget { Options = Section with { Sentinels = ["a:1", "[::1]:2"] } });
        Assert.Equal([new RedisAddress("a", 1), new RedisAddress("::1", 2)], settings.Sentinels);
        Assert.Empty(RedisSettings.From(new RedisTarget { Options = Section with { Sentinels = ["a:1"] }, IsCluster = true }).Sentinels);
    }

    [Fact]
    public void A_cluster_has_seeds_of_the_component_or_of_the_section_or_its_single_server()
    {
        var target = new RedisTarget { Options = Section with { ClusterNodes = ["c:1"] }, IsCluster = true, Seeds = ["a:1", "rediss://u:p@b"], SeedsKey = "adapter.cluster.nodes" };
        var settings = RedisSettings.From(target);
        Assert.Equal([new RedisAddress("a", 1), new RedisAddress("b", 6379)], settings.Servers);
        Assert.Equal(("u", "p", true, 0, "adapter.cluster.nodes"), (settings.Username, settings.Password, settings.UsesTls, settings.Database, settings.AddressKeys));
        Assert.Equal([new RedisAddress("c", 1)], RedisSettings.From(target with { Seeds = [] }).Servers);
        Assert.Equal([new RedisAddress("section", 7)], RedisSettings.From(target with { Seeds = [], Options = Section }).Servers);
    }

    [Fact]
    public void A_login_before_a_server_that_is_no_URL_is_refused_and_not_shown()
    {
        const string Server = "user:secret@h:1";
        foreach (var target in new RedisTarget[]
        {
            new() { Options = Section, IsCluster = true, Seeds = [Server], SeedsKey = "adapter.cluster.nodes" },
            new() { Options = Section with { ClusterNodes = [Server] }, IsCluster = true },
            new() { Options = Section with { Sentinels = [Server] } },
            new() { Options = Section with { Host = "user:secret@h" } },
        })
        {
            var failure = Assert.Throws<BackendException>(() => RedisSettings.From(target));
            Assert.True(failure.IsPermanent);
            Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("redis://user:secret@")]
    [InlineData("http://user:secret@h")]
    public void A_wrong_URL_is_not_shown(string url)
    {
        var failure = Assert.Throws<BackendException>(() => RedisSettings.From(new RedisTarget { Options = Section, Url = url, UrlKey = "cache.redis.url_override" }));
        Assert.True(failure.IsPermanent);
        Assert.Contains("cache.redis.url_override", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
