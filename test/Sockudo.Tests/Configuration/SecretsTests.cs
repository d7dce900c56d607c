using Sockudo.Configuration;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>configuration.md 2: secrets are never printed, not even in part.</summary>
public sealed class SecretsTests : ConfigurationTest
{
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("redis://host:1/2", "redis://host:1/2")]
    [InlineData("redis://user:p@ss@host", "redis://***@host")]
    [InlineData("redis://:p?s@host?x=y", "redis://***@host")]
    [InlineData("nats://host?token=x", "nats://host")]
    [InlineData("user:pass@host:7000", "***@host:7000")]
    [InlineData("host:7000", "host:7000")]
    public void Of_an_address_only_the_server_is_shown(string address, string shown) => Assert.Equal(shown, Masked.Address(address));

    [Fact]
    public void Every_secret_variable_can_be_a_file_and_none_is_printed()
    {
        Write("text", Secret + "\r\n");
        Write("redis", $"redis://u:{Secret}@h\n");
        Write("mysql", $"mysql://u:{Secret}@h\n");
        Write("postgres", $"postgres://u:{Secret}@h\n");
        foreach (var key in ConfigurationKeys.All.Where(static key => key.IsSecret))
        {
            var file = key.Type == KeyType.RedisUrl || key.Type.IsStructured ? "redis"
                : key.Type == KeyType.MySqlUrl ? "mysql"
                : key.Type == KeyType.PostgresUrl ? "postgres"
                : "text";
            foreach (var variable in key.Variables)
                Environment[variable + "_FILE"] = file;
        }

        // Half of a pair.
        Environment["NATS_USERNAME"] = "u";
        Environment["AWS_ACCESS_KEY_ID"] = "id";
        Environment["DATABASE_DYNAMODB_ENDPOINT_URL"] = $"http://u:{Secret}@h";
        Environment["SOCKUDO_DEFAULT_APP_SECRET_FILE"] = "text";
        Environment["SOCKUDO_DEFAULT_APP_WEBHOOKS"] =
            $$"""[{"url":"https://u:{{Secret}}@h/","event_types":["cache_miss"],"headers":{"Authorization":"{{Secret}}"} }]""";
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Equal(Secret, result.Options.Database.Redis.Password);
        Assert.Equal($"redis://u:{Secret}@h", result.Options.Database.Redis.Url);
        Assert.Equal([$"redis://u:{Secret}@h"], result.Options.Database.Redis.ClusterNodes);
        Assert.Equal(Secret, result.Options.AppManager.Array.Apps[0].Secret);
        var printed = ConfigurationPrinter.Print(result);
        Assert.DoesNotContain(Secret, printed, StringComparison.Ordinal);
        Assert.Contains("\"url\": \"redis://***@h\"", printed, StringComparison.Ordinal);
        Assert.Contains("\"url\": \"https://***@h/\"", printed, StringComparison.Ordinal);
        Assert.Contains("\"Authorization\": \"***\"", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Warnings, static warning => warning.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_whose_secret_cannot_be_read_is_a_mistake_said_once()
    {
        Environment["REDIS_CLUSTER_NODES_FILE"] = "missing";
        Assert.StartsWith(
            "REDIS_CLUSTER_NODES_FILE = \"missing\" (environment REDIS_CLUSTER_NODES_FILE): the file cannot be read", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.json", """{"database":{"redis":"hunter2"}}""")]
    [InlineData("x.json", """{"database":{"redis":{"password":["hunter2"]}}}""")]
    [InlineData("x.json", """{"database":{"redis":{"password":true_hunter2}}}""")]
    [InlineData("x.json", """{"database":{"redis":{"password":tr'hunter2}}}""")]
    [InlineData("x.json", """{"database":{"redis":{"url":"redis://h/?password=hunter2"}}}""")]
    [InlineData("x.json", """{"port":"redis://:hunter2@h"}""")]
    [InlineData("x.json", """{"app_manager":{"array":{"apps":["id:key:hunter2"]}}}""")]
    [InlineData("x.json", """{"app_manager":{"array":{"apps":[{"id":"a","key":"k","secret":["hunter2"]}]}}}""")]
    [InlineData("x.json", """{"app_manager":{"array":{"apps":[{"id":"a","key":"k","secret":"s","webhooks":["https://u:hunter2@h"]}]}}}""")]
    [InlineData("x.json", """{"app_manager":{"array":{"apps":[{"id":"a","key":"k","secret":"s","webhooks":[{"url":"hunter2","event_types":["cache_miss"]}]}]}}}""")]
    [InlineData("x.toml", "[database.redis]\npassword = hunter2\n")]
    [InlineData("x.toml", "[database.redis]\npassword = 1hunter2\n")]
    [InlineData("x.toml", "[database.redis]\npassword = \"hunter2\n")]
    [InlineData("x.toml", "[database.redis]\npassword \"hunter2\"\n")]
    [InlineData("x.toml", "[database.redis]\npassword = a-b c hunter2\n")]
    public void A_mistake_near_a_secret_does_not_show_it(string file, string text)
    {
        Write(file, text);
        var errors = Load(file).Errors;
        Assert.NotEmpty(errors);
        Assert.All(errors, static error => Assert.DoesNotContain("hunter", error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("adapter.cluster.nodes", "u:hunter2@h:1")]
    [InlineData("adapter.cluster.nodes", "h:1,hunter2@h")]
    [InlineData("queue.redis_cluster.nodes", "u:hunter2@h:1")]
    [InlineData("database.redis.cluster_nodes", "u:hunter2@h:1")]
    [InlineData("database.redis.cluster_nodes", """[{"host":"u:hunter2@h"}]""")]
    [InlineData("database.redis.sentinels", "u:hunter2@h:1")]
    [InlineData("database.redis.sentinels", """[{"host":"u:hunter2@h","port":1}]""")]
    public void A_login_before_a_server_that_is_no_URL_is_a_mistake_and_not_shown(string key, string value)
    {
        Overrides.Add(("--set", key, value));
        var error = Assert.Single(Load().Errors);
        Assert.StartsWith(key, error, StringComparison.Ordinal);
        Assert.Contains("redis://user:password@host:port", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SOCKUDO_DEFAULT_APP_WEBHOOKS", "[{\"url\":trust_hunter2}]")]
    [InlineData("REDIS_CLUSTER_NODES", "[hunter2")]
    [InlineData("DATABASE_URL", "oracle://u:hunter2@h")]
    [InlineData("PORT", "redis://:hunter2@h")]
    public void A_wrong_variable_does_not_show_its_secret(string variable, string value)
    {
        Environment[variable] = value;
        Assert.DoesNotContain("hunter", Assert.Single(Load().Errors.Select(static error => error.Split(' ', 2)[1]).Distinct()), StringComparison.Ordinal);
    }
}
