using System.Data.Common;
using Microsoft.Data.Sqlite;
using Sockudo.Server.Apps;
using SQLitePCL;

namespace Sockudo.Sql;

/// <summary>SQLite: one file with a write-ahead log, the server's own.</summary>
/// <param name="path">The file.</param>
/// <param name="time">The clock.</param>
internal sealed class SqliteDialect(string path, TimeProvider time) : SqlDialect("applications")
{
    // Counts changes of the table, so that those of other tables in the file do not matter.
    private const string Changes = "application_changes";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    public override string Name => "SQLite";

    public override bool HasOneWriter => true;

    public override string True => "1";

    public override string False => "0";

    public override string Now => "strftime('%Y-%m-%d %H:%M:%f', 'now')";

    public override void Prepare() => SqliteFile.Prepare(path);

    public override string Quote(string identifier) => $"\"{identifier}\"";

    public override string TypeOf(string field, AppFieldKind kind) => kind is AppFieldKind.Flag or AppFieldKind.Number ? "INTEGER" : "TEXT";

    public override IReadOnlyList<string> CreateTable(IReadOnlyList<string> columns) =>
    [
        $"""
         CREATE TABLE {Table} (
           {string.Join(",\n  ", columns)},
           "created_at" TEXT DEFAULT ({Now}) NOT NULL,
           "updated_at" TEXT DEFAULT ({Now}) NOT NULL,
           PRIMARY KEY ("id"),
           UNIQUE ("key")
         )
         """,
        $"CREATE TABLE {Changes} (version INTEGER NOT NULL)",
        $"INSERT INTO {Changes} VALUES (0)",
        Trigger("INSERT"),
        Trigger("UPDATE"),
        Trigger("DELETE"),
    ];

    public override string ReadColumns => "SELECT name, type, NOT \"notnull\" FROM pragma_table_info(@table)";

    public override string CountUniqueIndexes =>
        """
        SELECT COUNT(*) FROM pragma_index_list(@table) AS list
        WHERE list."unique" = 1 AND (SELECT GROUP_CONCAT(name) FROM pragma_index_info(list.name)) = 'key'
        """;

    public override IReadOnlyDictionary<string, string?> TableParameters => new Dictionary<string, string?> { ["table"] = TableParts.Name };

    public override string CreateUniqueIndex => $"CREATE UNIQUE INDEX applications_key ON {Table} (\"key\")";

    // The journal stays as it is set; the transaction keeps others out.
    public override async Task LockAsync(DbConnection connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("BEGIN IMMEDIATE", cancellationToken).ConfigureAwait(false);
    }

    public override Task UnlockAsync(DbConnection connection, CancellationToken cancellationToken) => connection.ExecuteAsync("COMMIT", cancellationToken);

    public override bool IsConflict(DbException exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY };

    public override bool IsPermanent(DbException exception) => exception is SqliteException cause && SqliteFile.IsPermanent(cause);

    public override bool IsRefused(DbException exception) => exception is SqliteException { SqliteErrorCode: raw.SQLITE_READONLY };

    // Another process, such as the administrator's, has changed the file when its data version has; a question without any work on the disk.
    public override async Task WatchAsync(DbDataSource source, Action<string?> changed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval, time);
        try
        {
            while (true)
            {
                try
                {
                    await WatchAsync(source, timer, changed, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException)
                {
                    // Whoever looks an app up says so; here it is tried again.
                    await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private string Trigger(string change) =>
        $"CREATE TRIGGER applications_{change} AFTER {change} ON {Table} BEGIN UPDATE {Changes} SET version = version + 1; END";

    private static async Task WatchAsync(DbDataSource source, PeriodicTimer timer, Action<string?> changed, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = connection.ConfigureAwait(false);
        var file = await connection.NumberAsync("PRAGMA data_version", [], cancellationToken).ConfigureAwait(false);
        var table = await connection.NumberAsync($"SELECT version FROM {Changes}", [], cancellationToken).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var seen = await connection.NumberAsync("PRAGMA data_version", [], cancellationToken).ConfigureAwait(false);
            if (seen == file)
                continue;
            file = seen;
            var version = await connection.NumberAsync($"SELECT version FROM {Changes}", [], cancellationToken).ConfigureAwait(false);
            if (version == table)
                continue;
            table = version;
            changed(null);
        }
    }
}
