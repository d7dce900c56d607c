using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.Configuration;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Sockudo.Sql;
using Xunit;

[assembly: AssemblyFixture(typeof(Sockudo.Stores.Tests.MariaDb))]
[assembly: AssemblyFixture(typeof(Sockudo.Stores.Tests.Postgres))]
[assembly: AssemblyFixture(typeof(Sockudo.Stores.Tests.Dynamo))]

namespace Sockudo.Stores.Tests;

/// <summary>Databases as the server makes them, not started.</summary>
internal static class Databases
{
    /// <summary>A file.</summary>
    public static IAppDatabase Sqlite(string path, bool autoMigrate = true) =>
        SqlDatabases.CreateSqlite(new DatabaseSqliteOptions { Path = path }, Table(autoMigrate), TimeProvider.System, NullLogger.Instance);

    /// <summary>A table of MariaDB.</summary>
    public static IAppDatabase MySql(MariaDbServer server, string table = "applications", bool autoMigrate = true, ILogger? logger = null) =>
        MySql(MySqlOptions(server) with { TableName = table }, autoMigrate, logger);

    /// <inheritdoc cref="MySql(MariaDbServer, string, bool, ILogger?)"/>
    public static IAppDatabase MySql(SqlOptions options, bool autoMigrate = true, ILogger? logger = null) =>
        SqlDatabases.CreateMySql(options, new DatabasePoolingOptions(), Table(autoMigrate), logger ?? NullLogger.Instance);

    /// <summary>How to get to MariaDB.</summary>
    public static SqlOptions MySqlOptions(MariaDbServer server) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Username = "app",
        Password = MariaDbServer.Password,
        Database = "app",
        TlsMode = TlsMode.Disabled,
    };

    /// <summary>A table of PostgreSQL.</summary>
    public static IAppDatabase PostgreSql(PostgreSqlServer server, string table = "applications", bool autoMigrate = true, ILogger? logger = null) =>
        PostgreSql(PostgreSqlOptions(server) with { TableName = table }, autoMigrate, logger);

    /// <inheritdoc cref="PostgreSql(PostgreSqlServer, string, bool, ILogger?)"/>
    public static IAppDatabase PostgreSql(SqlOptions options, bool autoMigrate = true, ILogger? logger = null) =>
        SqlDatabases.CreatePostgreSql(options, new DatabasePoolingOptions(), Table(autoMigrate), TimeProvider.System, logger ?? NullLogger.Instance);

    /// <summary>How to get to PostgreSQL.</summary>
    public static SqlOptions PostgreSqlOptions(PostgreSqlServer server) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Username = "app",
        Password = PostgreSqlServer.Password,
        Database = "app",
        TlsMode = TlsMode.Disabled,
    };

    /// <summary>A table of the emulator.</summary>
    public static IAppDatabase DynamoDb(DynamoDbEmulator server, string table = "applications", bool autoMigrate = true) => new DynamoAppDatabase(
        new DatabaseDynamodbOptions { EndpointUrl = server.Url, TableName = table, AwsAccessKeyId = "id", AwsSecretAccessKey = "secret" }, autoMigrate, TimeProvider.System,
        NullLogger.Instance);

    private static SqlTableSettings Table(bool autoMigrate) =>
        new(autoMigrate, TimeSpan.FromSeconds(20), static field => AppRecords.ValueInForce(field, new SockudoOptions()));
}
