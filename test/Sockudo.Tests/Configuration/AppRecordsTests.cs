using Sockudo.Configuration;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>Apps between configuration and database (storage.md 1.1).</summary>
public sealed class AppRecordsTests : ConfigurationTest
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        Environment["SOCKUDO_DEFAULT_APP_ID"] = "a";
        foreach (var (field, value) in new[]
        {
            ("PREVIOUS_SECRET", "old"), ("ENABLED", "false"), ("ENABLE_CLIENT_MESSAGES", "true"), ("ENABLE_USER_AUTHENTICATION", "no"), ("ALLOWED_ORIGINS", "https://*.example.com,*"),
            ("MAX_CONNECTIONS", "5"), ("MAX_EVENT_BATCH_SIZE", "-1"),
            ("WEBHOOKS", """
                [{"url":"https://u:p@example.com/ü?x=1","event_types":["client_event","cache_miss"],"filter":{"channel_prefix":"a","channel_suffix":"\"","channel_pattern":"^b+$"},"headers":{"X-Token":"t"}},
                 {"lambda":{"function_name":"f:1","region":"eu-west-1"},"event_types":["member_added"]}]
                """),
        })
        {
            Environment["SOCKUDO_DEFAULT_APP_" + field] = value;
        }

        var app = Assert.Single(Load().Options.AppManager.Array.Apps);
        var record = AppRecords.Write(app);
        var problems = new ConfigurationProblems();
        var again = AppRecords.ReadUsable(record, problems)!;
        Assert.Empty(problems.Errors);
        Assert.Equal(record, AppRecords.Write(again));
        Assert.Equal(("old", false, true, false, 5, 0), (again.PreviousSecret, again.Enabled, again.EnableClientMessages, again.EnableUserAuthentication, again.MaxConnections, again.MaxEventBatchSize));
        Assert.Equal(["https://*.example.com", "*"], again.AllowedOrigins.Select(static origin => origin.Text));
        Assert.Equal(("https://u:p@example.com/ü?x=1", "t", "^b+$"), (again.Webhooks[0].Url!.OriginalString, again.Webhooks[0].Headers["X-Token"], again.Webhooks[0].Filter!.Pattern!.ToString()));
        Assert.Equal(new LambdaTarget("f:1", "eu-west-1"), again.Webhooks[1].Lambda);
    }

    [Theory]
    [InlineData("max_connections", "-5", "max_connections")]
    [InlineData("max_connections", "4294967295", "max_connections")]
    [InlineData("enabled", "perhaps", "enabled")]
    [InlineData("webhooks", "{", "webhooks")]
    [InlineData("webhooks", """[{"url":"ftp://x","event_types":["client_event"]}]""", "url")]
    [InlineData("webhooks", """[{"url":"http://x","event_types":["no_such"]}]""", "event_types")]
    public void A_bad_part_is_left_out_and_reported(string field, string value, string reported)
    {
        var problems = new ConfigurationProblems();
        var app = AppRecords.ReadUsable(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s", [field] = value }, problems)!;
        Assert.Contains(reported, Assert.Single(problems.Errors), StringComparison.Ordinal);
        Assert.StartsWith("app a.", problems.Errors[0], StringComparison.Ordinal);
        Assert.Equal(("a", true, null, 0), (app.Id, app.Enabled, app.MaxConnections, app.Webhooks.Count));
    }

    [Theory]
    [InlineData("id", "a b")]
    [InlineData("key", "")]
    [InlineData("secret", "")]
    [InlineData("key", null)]
    public void Without_a_good_name_or_secret_it_is_no_app(string field, string? value)
    {
        var problems = new ConfigurationProblems();
        Assert.Null(AppRecords.ReadUsable(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s", [field] = value }, problems));
        Assert.NotEmpty(problems.Errors);
    }

    [Theory]
    [InlineData("""["good.example","bad/path"]""", "https://good.example", true)]
    [InlineData("""["bad/path"]""", "https://good.example", false)]
    [InlineData("no JSON", "https://good.example", false)]
    [InlineData("\"good.example\"", "https://good.example", false)]
    [InlineData("[]", "https://good.example", true)]
    [InlineData("", "https://good.example", true)]
    [InlineData("null", "https://good.example", true)]
    public void A_mistake_in_the_origins_opens_the_app_to_nobody(string stored, string origin, bool isAllowed)
    {
        var app = AppRecords.ReadUsable(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s", ["allowed_origins"] = stored }, new ConfigurationProblems())!;
        Assert.Equal(isAllowed, app.AllowedOrigins.Count == 0 || app.AllowedOrigins.Any(pattern => pattern.Matches(origin)));
    }

    [Fact]
    public void Reports_hold_no_secret()
    {
        var problems = new ConfigurationProblems();
        var record = new AppRecord
        {
            ["id"] = "a",
            ["key"] = "k",
            ["secret"] = "",
            ["previous_secret"] = "hidden-1",
            ["webhooks"] = """[{"url":"ftp://u:hidden-2@x","event_types":["client_event"],"headers":{"Host":"hidden-3"}}, "hidden-4"]""",
        };
        AppRecords.ReadUsable(record, problems);
        Assert.NotEmpty(problems.Errors);
        Assert.DoesNotContain(problems.Errors, static error => error.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void Columns_that_take_no_null_get_what_absence_means()
    {
        var options = new SockudoOptions { ChannelLimits = new() { MaxNameLength = 77 } };
        Assert.Equal(["1", "1", "0", "0", "77", "[]", ""], new[]
        {
            "enabled", "enable_user_authentication", "require_tls", "max_connections", "max_channel_name_length", "webhooks", "previous_secret",
        }.Select(field => AppRecords.ValueInForce(field, options)));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("mysql")]
    public void Section_4_3_With_a_database_the_default_app_needs_all_three_variables(string driver)
    {
        Environment["APP_MANAGER_DRIVER"] = driver;
        Assert.Empty(Load().Options.AppManager.Array.Apps);
        Environment["SOCKUDO_DEFAULT_APP_ID"] = "a";
        Environment["SOCKUDO_DEFAULT_APP_KEY"] = "k";
        Assert.Empty(Load().Options.AppManager.Array.Apps);
        Environment["SOCKUDO_DEFAULT_APP_SECRET"] = "s";
        Assert.Equal("a", Assert.Single(Load().Options.AppManager.Array.Apps).Id);
    }

    [Fact]
    public void A_file_of_one_node_serves_no_cluster()
    {
        Environment["APP_MANAGER_DRIVER"] = "sqlite";
        Environment["ADAPTER_DRIVER"] = "redis";
        Assert.Contains("app_manager.driver = \"sqlite\" (environment APP_MANAGER_DRIVER): is a file of one node", Assert.Single(Load().Errors), StringComparison.Ordinal);
    }
}
