namespace Sockudo.Server.Options;

/// <summary>Section <c>database</c> of the configuration.</summary>
public sealed record DatabaseOptions
{
    /// <summary>Section <c>database.redis</c>.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>Section <c>database.sqlite</c>.</summary>
    public DatabaseSqliteOptions Sqlite { get; init; } = new();

    /// <summary>Section <c>database.mysql</c>.</summary>
    public SqlOptions Mysql { get; init; } = new() { Port = 3306, Username = "root" };

    /// <summary>Section <c>database.postgres</c>.</summary>
    public SqlOptions Postgres { get; init; } = new() { Port = 5432, Username = "postgres" };

    /// <summary>Section <c>database.dynamodb</c>.</summary>
    public DatabaseDynamodbOptions Dynamodb { get; init; } = new();
}
