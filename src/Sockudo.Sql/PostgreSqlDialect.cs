using System.Data.Common;
using System.Globalization;
using Npgsql;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Sql;

/// <summary>PostgreSQL. Changes are told on the channel <c>sockudo_apps</c>, with the id of the app: by the server's own statements, and by a trigger of tables that it has made.</summary>
/// <param name="table">Name of the table, optionally <c>schema.table</c>.</param>
/// <param name="createListener">Makes the source of a connection that listens: not one of the pool, because it is never free.</param>
/// <param name="time">The clock.</param>
internal sealed class PostgreSqlDialect(string table, Func<NpgsqlDataSource> createListener, TimeProvider time) : SqlDialect(table)
{
    private const string Channel = "sockudo_apps";

    // Any number will do, if it is the same for all.
    private const long Lock = 0x536F636B75646F;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    public override string Name => "PostgreSQL";

    public override string Now => "now()";

    public override string? Notify => $"SELECT pg_notify('{Channel}', @id)";

    public override string? ReadClock => "SELECT EXTRACT(EPOCH FROM clock_timestamp())";

    public override string Quote(string identifier) => $"\"{identifier}\"";

    // An existing column may have another type than a new one would: text becomes whatever it is.
    public override string Value(string parameter, SqlColumn column) => $"CAST(@{parameter} AS {column.Type})";

    public override string Read(string column) => $"{Quote(column)}::text";

    public override string TypeOf(string field, AppFieldKind kind) => kind switch
    {
        AppFieldKind.Flag => "BOOLEAN",
        AppFieldKind.Number => "INTEGER",
        AppFieldKind.Json => "JSONB",
        _ => "VARCHAR(255)",
    };

    public override IReadOnlyList<string> CreateTable(IReadOnlyList<string> columns)
    {
        var function = TableParts.Schema is null ? "sockudo_app_changed" : $"{Quote(TableParts.Schema)}.sockudo_app_changed";
        return
        [
            $"""
             CREATE TABLE {Table} (
               {string.Join(",\n  ", columns)},
               "created_at" TIMESTAMPTZ DEFAULT now() NOT NULL,
               "updated_at" TIMESTAMPTZ DEFAULT now() NOT NULL,
               PRIMARY KEY ("id"),
               UNIQUE ("key")
             )
             """,
            $"""
             CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               PERFORM pg_notify('{Channel}', CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
               RETURN NULL;
             END $$
             """,
            $"CREATE TRIGGER sockudo_app_changed AFTER INSERT OR UPDATE OR DELETE ON {Table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        ];
    }

    public override string ReadColumns =>
        """
        SELECT attname::text, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN '0' ELSE '1' END FROM pg_attribute
        WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped
        """;

    public override string CountUniqueIndexes =>
        """
        SELECT COUNT(*) FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = to_regclass(@table) AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attname = 'key'
        """;

    public override IReadOnlyDictionary<string, string?> TableParameters => new Dictionary<string, string?> { ["table"] = Table };

    public override string CreateUniqueIndex => $"CREATE UNIQUE INDEX ON {Table} (\"key\")";

    public override async Task LockAsync(DbConnection connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (await connection.NumberAsync($"SELECT pg_try_advisory_lock({Lock})::int", [], cancellationToken).ConfigureAwait(false) != 1)
        {
            if (time.GetElapsedTime(began) > patience)
                throw new BackendException(string.Create(CultureInfo.InvariantCulture, $"another node has been changing the table {Table} for {patience.TotalSeconds} s"));
            await Task.Delay(LockPause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task UnlockAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"SELECT pg_advisory_unlock({Lock})", cancellationToken);

    public override bool IsConflict(DbException exception) => exception.SqlState == PostgresErrorCodes.UniqueViolation;

    public override bool IsPermanent(DbException exception) => exception.SqlState is
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
        or PostgresErrorCodes.InsufficientPrivilege
        || exception.InnerException is System.Security.Authentication.AuthenticationException;

    public override bool IsRefused(DbException exception) => exception.SqlState == PostgresErrorCodes.InsufficientPrivilege;

    public override async Task WatchAsync(DbDataSource source, Action<string?> changed, CancellationToken cancellationToken)
    {
        for (var attempts = 1; !cancellationToken.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            try
            {
                await ListenAsync(changed, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // Whatever it is, whoever looks an app up says that the database is away; here it is tried again.
                attempts = time.GetElapsedTime(began) > ReconnectPause.Rest ? 1 : attempts + 1;
            }

            await Task.Delay(ReconnectPause.After(attempts), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(Action<string?> changed, CancellationToken cancellationToken)
    {
        var source = createListener();
        await using var sourceDisposal = source.ConfigureAwait(false);
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = connection.ConfigureAwait(false);
        connection.Notification += (_, notification) => changed(notification.Payload is { Length: > 0 } id ? id : null);
        await connection.ExecuteAsync($"LISTEN {Channel}", cancellationToken).ConfigureAwait(false);
        // What was changed while nobody listened.
        changed(null);
        while (true)
            await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
