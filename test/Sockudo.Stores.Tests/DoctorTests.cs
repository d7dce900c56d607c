using Sockudo.Diagnosis;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Sockudo.Stores.Tests.Sqs;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>What <c>sockudo doctor</c> says of databases and queues of others, and that it leaves them as they are.</summary>
public sealed class DoctorTests(MariaDb mariaDb, Postgres postgres, Dynamo dynamo, Emulator sqs)
{
    private readonly string _name = "doctor_" + Guid.NewGuid().ToString("N")[..8];

    [Theory]
    [InlineData(AppManagerDriver.MySql)]
    [InlineData(AppManagerDriver.PostgreSql)]
    public async Task A_table_that_is_missing_is_not_made_apps_are_counted_and_clocks_compared(AppManagerDriver driver)
    {
        var mySql = driver is AppManagerDriver.MySql ? Databases.MySqlOptions(await mariaDb.GetAsync()) with { TableName = _name } : new SqlOptions();
        var postgreSql = driver is AppManagerDriver.PostgreSql ? Databases.PostgreSqlOptions(await postgres.GetAsync()) with { TableName = _name } : new SqlOptions();
        var options = With(driver, new DatabaseOptions { Mysql = mySql, Postgres = postgreSql });
        Assert.EndsWith("reached; the table is made at the first start", (await LookAsync(options, "app_manager")).Seen, StringComparison.Ordinal);
        // It still is missing.
        Assert.Contains("there is no table", (await LookAsync(options with { AppManager = options.AppManager with { AutoMigrate = false } }, "app_manager")).Seen, StringComparison.Ordinal);

        await using var database = driver is AppManagerDriver.MySql ? Databases.MySql(mySql) : Databases.PostgreSql(postgreSql);
        await database.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Verdict.Warning, (await LookAsync(options, "app_manager")).Verdict);
        await database.InsertAsync(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s" }, TestContext.Current.CancellationToken);
        Assert.Contains(": 1 apps, looked up in ", (await LookAsync(options, "app_manager")).Seen, StringComparison.Ordinal);
        Assert.Equal(Verdict.Ok, (await LookAsync(options, "clock")).Verdict);

        var wrong = With(driver, new DatabaseOptions { Mysql = mySql with { Password = "wrong-one" }, Postgres = postgreSql with { Password = "wrong-one" } });
        var refused = await LookAsync(wrong, "app_manager");
        Assert.Equal(Verdict.Problem, refused.Verdict);
        Assert.DoesNotContain("wrong-one", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_DynamoDB_that_is_missing_is_not_made()
    {
        var server = await dynamo.GetAsync();
        var options = With(AppManagerDriver.DynamoDb, new DatabaseOptions
        {
            Dynamodb = new DatabaseDynamodbOptions { EndpointUrl = server.Url, TableName = _name, AwsAccessKeyId = "id", AwsSecretAccessKey = "secret" },
        });
        Assert.EndsWith("reached; the table is made at the first start", (await LookAsync(options, "app_manager")).Seen, StringComparison.Ordinal);
        Assert.Equal(Verdict.Problem, (await LookAsync(options with { AppManager = options.AppManager with { AutoMigrate = false } }, "app_manager")).Verdict);
    }

    [Fact]
    public async Task A_queue_of_SQS_that_is_missing_is_not_made()
    {
        var server = await sqs.GetAsync();
        var options = new SockudoOptions { Queue = new QueueOptions { Driver = QueueDriver.Sqs, Sqs = new QueueSqsOptions { EndpointUrl = server.Url, QueueName = _name } } };
        Assert.EndsWith("reached; the queue is made at the first start", (await LookAsync(options, "queue")).Seen, StringComparison.Ordinal);
        var strict = options with { Queue = options.Queue with { Sqs = options.Queue.Sqs with { CreateQueue = false } } };
        Assert.Contains("there is no queue", (await LookAsync(strict, "queue")).Seen, StringComparison.Ordinal);
    }

    private static SockudoOptions With(AppManagerDriver driver, DatabaseOptions database) =>
        new() { AppManager = new AppManagerOptions { Driver = driver }, Database = database };

    private static async Task<Finding> LookAsync(SockudoOptions options, string check)
    {
        var findings = new List<Finding>();
        await foreach (var finding in new BackendChecks(options, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken))
            findings.Add(finding);
        return Assert.Single(findings, finding => finding.Check == check);
    }
}
