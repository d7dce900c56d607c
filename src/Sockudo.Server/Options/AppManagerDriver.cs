namespace Sockudo.Server.Options;

/// <summary>Where apps are kept.</summary>
public enum AppManagerDriver
{
    /// <summary><c>memory</c></summary>
    Memory,

    /// <summary><c>sqlite</c></summary>
    Sqlite,

    /// <summary><c>mysql</c></summary>
    MySql,

    /// <summary><c>pgsql</c></summary>
    PostgreSql,

    /// <summary><c>dynamodb</c></summary>
    DynamoDb,
}
