using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Npgsql;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Sql;

/// <summary>Makes the SQL databases that the configuration describes.</summary>
public static class SqlDatabases
{
    // storage.md 1.4: "waiting for a connection and a query each at most 5 s".
    private const int TimeoutSeconds = 5;

    // A server that stands still does not answer the request to cancel either.
    private const int NoCancellation = -1;

    // How often a listening connection that hears nothing asks whether its server is still there.
    private const int KeepAliveSeconds = 10;

    /// <summary>Driver <c>sqlite</c>: one file.</summary>
    public static IAppDatabase CreateSqlite(DatabaseSqliteOptions options, SqlTableSettings table, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        var connection = new SqliteConnectionStringBuilder { DataSource = options.Path, DefaultTimeout = TimeoutSeconds };
        return Create(
            new SqliteDialect(options.Path, time), SqliteFactory.Instance.CreateDataSource(connection.ConnectionString),
            $"{options.Path} (database.sqlite.path)", table, new BackendState("app_manager", "sqlite", logger), logger);
    }

    /// <summary>Driver <c>mysql</c>: MySQL and MariaDB.</summary>
    /// <exception cref="BackendException">The file of the certificate authority cannot be used.</exception>
    public static IAppDatabase CreateMySql(SqlOptions options, DatabasePoolingOptions pooling, SqlTableSettings table, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pooling);
        SqlTarget.CheckAuthority(options.TlsCaPath, "database.mysql.tls_ca_path");
        var target = SqlTarget.From(options);
        var size = options.ConnectionPoolSize ?? pooling.Max;
        var connection = new MySqlConnectionStringBuilder
        {
            Server = target.Host,
            Port = (uint)target.Port,
            UserID = target.User,
            Password = target.Password,
            Database = target.Database,
            SslMode = options.TlsMode switch
            {
                TlsMode.Disabled => MySqlSslMode.Disabled,
                TlsMode.Preferred => MySqlSslMode.Preferred,
                TlsMode.Required => MySqlSslMode.Required,
                TlsMode.VerifyCa => MySqlSslMode.VerifyCA,
                _ => MySqlSslMode.VerifyFull,
            },
            SslCa = options.TlsCaPath ?? "",
            // Where TLS is not insisted upon, nobody is known for certain anyway; without it MySQL 8 takes no password on a plain connection.
            AllowPublicKeyRetrieval = options.TlsMode is TlsMode.Disabled or TlsMode.Preferred,
            ConnectionTimeout = TimeoutSeconds,
            DefaultCommandTimeout = TimeoutSeconds,
            CancellationTimeout = NoCancellation,
            Pooling = pooling.Enabled,
            MinimumPoolSize = (uint)Math.Min(pooling.Min, size),
            MaximumPoolSize = (uint)size,
            ApplicationName = "sockudo",
        };
        return Create(
            new MySqlDialect(options.TableName), new MySqlDataSourceBuilder(connection.ConnectionString).Build(),
            $"{target} as {target.User} (database.mysql)", table, new BackendState("app_manager", "mysql", logger), logger);
    }

    /// <summary>Driver <c>pgsql</c>: PostgreSQL.</summary>
    /// <exception cref="BackendException">The file of the certificate authority cannot be used.</exception>
    public static IAppDatabase CreatePostgreSql(SqlOptions options, DatabasePoolingOptions pooling, SqlTableSettings table, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pooling);
        SqlTarget.CheckAuthority(options.TlsCaPath, "database.postgres.tls_ca_path");
        var target = SqlTarget.From(options);
        var size = options.ConnectionPoolSize ?? pooling.Max;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = target.Host,
            Port = target.Port,
            Username = target.User,
            Password = target.Password,
            Database = target.Database,
            SslMode = options.TlsMode switch
            {
                TlsMode.Disabled => SslMode.Disable,
                TlsMode.Preferred => SslMode.Prefer,
                TlsMode.Required => SslMode.Require,
                TlsMode.VerifyCa => SslMode.VerifyCA,
                _ => SslMode.VerifyFull,
            },
            RootCertificate = options.TlsCaPath,
            Timeout = TimeoutSeconds,
            CommandTimeout = TimeoutSeconds,
            CancellationTimeout = NoCancellation,
            Pooling = pooling.Enabled,
            MinPoolSize = Math.Min(pooling.Min, size),
            MaxPoolSize = size,
            ApplicationName = "sockudo",
        };
        var listener = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false, KeepAlive = KeepAliveSeconds };
        return Create(
            new PostgreSqlDialect(options.TableName, () => Source(listener), time), Source(connection),
            $"{target} as {target.User} (database.postgres)", table, new BackendState("app_manager", "pgsql", logger), logger);
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder connection)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString);
        builder.EnableTransportSecurity();
        return builder.Build();
    }

    private static SqlAppDatabase Create(
        SqlDialect dialect, System.Data.Common.DbDataSource source, string description, SqlTableSettings table, BackendState state, ILogger logger) =>
        new(dialect, source, description, new SqlTable(dialect, table, logger), state);
}
