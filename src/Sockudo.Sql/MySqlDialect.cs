using System.Data.Common;
using System.Globalization;
using MySqlConnector;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Sql;

/// <summary>MySQL and MariaDB. It has no way to tell others of a change.</summary>
/// <param name="table">Name of the table, optionally <c>schema.table</c>.</param>
internal sealed class MySqlDialect(string table) : SqlDialect(table)
{
    private const string Lock = "sockudo_applications";

    public override string Name => "MySQL";

    public override string? ReadClock => "SELECT UNIX_TIMESTAMP(NOW(6))";

    public override string Quote(string identifier) => $"`{identifier}`";

    // Collations may not tell upper from lower case; the first condition finds the row by its index.
    public override string Matches(string column) => $"{Quote(column)} = @{column} AND CAST({Quote(column)} AS BINARY) = CAST(@{column} AS BINARY)";

    public override string TypeOf(string field, AppFieldKind kind) => kind switch
    {
        AppFieldKind.Flag => "BOOLEAN",
        AppFieldKind.Number => "INT",
        AppFieldKind.Json => "JSON",
        _ when field is "id" or "key" => "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        _ => "VARCHAR(255)",
    };

    public override IReadOnlyList<string> CreateTable(IReadOnlyList<string> columns) =>
    [
        $"""
         CREATE TABLE {Table} (
           {string.Join(",\n  ", columns)},
           `created_at` TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL,
           `updated_at` TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP NOT NULL,
           PRIMARY KEY (`id`),
           UNIQUE (`key`)
         ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4
         """,
    ];

    public override string ReadColumns =>
        """
        SELECT column_name, column_type, IF(is_nullable = 'YES', 1, 0) FROM information_schema.columns
        WHERE table_schema = COALESCE(@schema, DATABASE()) AND table_name = @table
        """;

    public override string CountUniqueIndexes =>
        """
        SELECT COUNT(*) FROM (
          SELECT index_name FROM information_schema.statistics
          WHERE table_schema = COALESCE(@schema, DATABASE()) AND table_name = @table AND non_unique = 0
          GROUP BY index_name HAVING COUNT(*) = 1 AND MAX(column_name) = 'key'
        ) AS found
        """;

    public override IReadOnlyDictionary<string, string?> TableParameters =>
        new Dictionary<string, string?> { ["schema"] = TableParts.Schema, ["table"] = TableParts.Name };

    public override string CreateUniqueIndex => $"CREATE UNIQUE INDEX `{TableParts.Name}_key` ON {Table} (`key`)";

    public override async Task LockAsync(DbConnection connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        // In slices, because a statement that waits longer than the command timeout is given up.
        for (var left = (int)patience.TotalSeconds; ; left--)
        {
            if (await connection.NumberAsync($"SELECT GET_LOCK('{Lock}', 1)", [], cancellationToken).ConfigureAwait(false) == 1)
                return;
            if (left <= 0)
                throw new BackendException(string.Create(CultureInfo.InvariantCulture, $"another node has been changing the table {Table} for {patience.TotalSeconds} s"));
        }
    }

    public override Task UnlockAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.NumberAsync($"SELECT RELEASE_LOCK('{Lock}')", [], cancellationToken);

    public override bool IsConflict(DbException exception) => exception is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry };

    public override bool IsPermanent(DbException exception) => exception is MySqlException
    {
        ErrorCode: MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.UnknownDatabase or MySqlErrorCode.TableAccessDenied
            or MySqlErrorCode.ColumnAccessDenied
    }
        or { InnerException: System.Security.Authentication.AuthenticationException };

    public override bool IsRefused(DbException exception) =>
        exception is MySqlException { ErrorCode: MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.AccessDenied };
}
