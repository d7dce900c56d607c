using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>configuration.md 1.3 and 3.6.1: which of several variables counts.</summary>
public sealed class VariablesTests : ConfigurationTest
{
    [Fact]
    public void An_empty_variable_counts_as_not_set()
    {
        Write("config/config.json", """{"port":7}""");
        Environment["PORT"] = "";
        Environment["DEBUG"] = "";
        Environment["DEBUG_MODE"] = "true";
        var options = Load().Options;
        Assert.Equal((7, true), (options.Port, options.Debug));
    }

    [Fact]
    public void The_environment_beats_dotenv_whichever_alias_is_used_and_within_one_the_first_wins()
    {
        Write(".env", "NATS_PREFIX=first-dotenv\nDATABASE_MYSQL_USER=second\nDATABASE_MYSQL_USERNAME=first\nCONFIG_FILE=missing.json");
        Write("there.json", """{"mode":"read"}""");
        Environment["ADAPTER_NATS_PREFIX"] = "second-environment";
        Environment["CONFIG_FILE_PATH"] = "there.json";
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Equal("there.json", result.File);
        Assert.Equal(("second-environment", "first"), (result.Options.Adapter.Nats.Prefix, result.Options.Database.Mysql.Username));
    }

    [Theory]
    [InlineData("CONFIG_FILE", "the configuration file a\0b cannot be read")]
    [InlineData("DATABASE_MYSQL_PASSWORD_FILE", "DATABASE_MYSQL_PASSWORD_FILE = \"a\0b\" (.env DATABASE_MYSQL_PASSWORD_FILE): the file cannot be read")]
    public void What_is_no_name_of_a_file_is_said_to_be_unreadable(string variable, string problem)
    {
        Write(".env", $"{variable}=a\0b");
        Assert.StartsWith(problem, Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_can_be_named_in_dotenv_and_the_option_beats_all()
    {
        Write(".env", "CONFIG_FILE=a.json");
        Write("a.json", """{"mode":"a"}""");
        Write("b.json", """{"mode":"b"}""");
        Assert.Equal("a", Load().Options.Mode);
        Assert.Equal("b", Load("b.json").Options.Mode);
    }

    [Theory]
    [InlineData("mysql://u:p@h:3306/d", "database.mysql.url")]
    [InlineData("mysql://h", "database.mysql.url")]
    [InlineData("postgres://h/d", "database.postgres.url")]
    [InlineData("PostgreSQL://h/d", "database.postgres.url")]
    [InlineData("redis://:p%40@h/3", "database.redis.url")]
    [InlineData("rediss://h", "database.redis.url")]
    public void DATABASE_URL_sets_the_URL_of_its_scheme_over_the_file_and_below_the_variables_of_that_URL(string url, string key)
    {
        Write("config/config.json", """{"database":{"mysql":{"url":"mysql://file"},"postgres":{"url":"postgres://file"},"redis":{"url":"redis://file"}}}""");
        Environment["DATABASE_URL"] = url;
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Equal(url, result.Effective[key]);
        Assert.Equal(2, result.Effective.Values.OfType<string>().Count(static value => value.EndsWith("://file", StringComparison.Ordinal)));
        Environment["DATABASE_URL"] = "redis://lower";
        Write(".env", "DATABASE_REDIS_URL=redis://own");
        Assert.Equal("redis://own", Load().Options.Database.Redis.Url);
    }

    [Theory]
    [InlineData("REDIS_URL", "redis://h/a")]
    [InlineData("REDIS_URL", "redis://h/0?x=1")]
    [InlineData("REDIS_URL", "redis:/h")]
    [InlineData("CACHE_REDIS_URL", "http://h")]
    [InlineData("DATABASE_MYSQL_URL", "mysql://h/a/b")]
    [InlineData("DATABASE_POSTGRES_URL", "postgres://h/d?sslmode=require")]
    [InlineData("QUEUE_SQS_ENDPOINT_URL", "localhost")]
    public void Other_URLs_are_errors(string variable, string url)
    {
        Environment[variable] = url;
        Assert.Contains($"(environment {variable}): must be ", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_or_port_of_a_higher_source_makes_the_URL_ignored()
    {
        Write("config/config.json", """{"database":{"redis":{"url":"redis://u:hunter2@file:1"},"mysql":{"url":"mysql://file","host":"same"}}}""");
        Environment["DATABASE_REDIS_HOST"] = "other";
        Environment["DATABASE_REDIS_PORT"] = "2";
        var result = Load();
        Assert.Null(result.Options.Database.Redis.Url);
        Assert.Equal("mysql://file", result.Options.Database.Mysql.Url);
        Assert.Equal(
            "database.redis.url (config/config.json:1) is ignored because database.redis.host is set by a higher source (environment DATABASE_REDIS_HOST)",
            Assert.Single(result.Warnings));
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1", 1)]
    [InlineData("LocalHost", "localhost", 1)]
    [InlineData("127.0.0.1", "0.0.0.0", 1)]
    [InlineData("127.0.0.1", "127.0.0.2", 0)]
    [InlineData("10.0.0.1", "127.0.0.1", 0)]
    public void Listeners_may_share_a_port_only_on_different_addresses(string host, string metricsHost, int errors)
    {
        Environment["HOST"] = host;
        Environment["METRICS_HOST"] = metricsHost;
        Environment["METRICS_PORT"] = "6001";
        Assert.Equal(errors, Load().Errors.Count);
    }

    [Theory]
    [InlineData("HOST", "")]
    [InlineData("HOST", "[::1]")]
    [InlineData("HOST", "a b")]
    [InlineData("HOST", "http://a")]
    [InlineData("PATH_PREFIX", "/a b")]
    [InlineData("PATH_PREFIX", "/{a}")]
    [InlineData("CORS_ORIGINS", "https://a.example/path")]
    [InlineData("DATABASE_REDIS_SENTINELS", """[{"hots":"a"}]""")]
    [InlineData("DATABASE_REDIS_USERNAME", "half")]
    public void Values_that_could_not_work_are_refused_at_the_start(string variable, string value)
    {
        if (value.Length == 0)
            Overrides.Add(("--set", "host", value));
        else
            Environment[variable] = value;
        Assert.Single(Load().Errors);
    }
}
