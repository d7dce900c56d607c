using System.Data.Common;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Sql;

/// <summary>The table of the apps: what columns it has, and which are made when they are missing (storage.md 1.2, 1.3). Nothing is ever dropped, renamed or retyped.</summary>
/// <param name="dialect">The kind of database.</param>
/// <param name="settings">What may be done.</param>
/// <param name="logger"><c>sockudo.apps</c>.</param>
internal sealed partial class SqlTable(SqlDialect dialect, SqlTableSettings settings, ILogger logger)
{
    private Dictionary<string, SqlColumn> _columns = [];

    /// <summary>Reads all fields of which there is a column.</summary>
    public string Select { get; private set; } = "";

    /// <summary>Whether there is such a column.</summary>
    public bool HasColumn(string name) => _columns.ContainsKey(name);

    /// <summary>A column that must be there.</summary>
    public SqlColumn Column(string name) => _columns[name];

    /// <summary>Looks at the table, and makes what is missing if that is wanted and allowed.</summary>
    /// <exception cref="BackendException">The table or a column is missing without which there are no apps; permanent.</exception>
    public async Task ReadyAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (settings.AutoMigrate && await FindMissingAsync(connection, cancellationToken).ConfigureAwait(false) is { Count: > 0 })
            await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
        _columns = await ReadColumnsAsync(connection, cancellationToken).ConfigureAwait(false);
        if (_columns.Count == 0)
            throw new BackendException($"there is no table {dialect.Table}; create it with:\n{string.Join(";\n", CreateStatements())};", isPermanent: true) { IsMissing = true };
        var lost = AppSchema.Required.Where(field => !_columns.ContainsKey(field)).ToList();
        if (lost.Count > 0)
            throw new BackendException($"the table {dialect.Table} has no column {string.Join(", ", lost)}: it is no table of apps", isPermanent: true);
        var fields = AppSchema.Fields.Where(field => _columns.ContainsKey(field.Name)).ToList();
        if (fields.Count < AppSchema.Fields.Count)
            LogMissing(logger, dialect.Table, string.Join(", ", AppSchema.Fields.Except(fields).Select(static field => field.Name)));
        Select = $"SELECT {string.Join(", ", fields.Select(field => $"{dialect.Read(field.Name)} AS {dialect.Quote(field.Name)}"))} FROM {dialect.Table}";
    }

    /// <summary>The columns to be written, with their values; null becomes the value in force where a column takes no null.</summary>
    /// <param name="record">The fields.</param>
    /// <param name="isNew">All columns of a new row; else those of the fields that are given.</param>
    /// <exception cref="BackendException">A field has a value and no column.</exception>
    public IReadOnlyList<(SqlColumn Column, string? Value)> ValuesFor(AppRecord record, bool isNew)
    {
        var values = new List<(SqlColumn, string?)>();
        foreach (var (field, _) in AppSchema.Fields)
        {
            var value = record.Find(field);
            if (_columns.TryGetValue(field, out var column))
            {
                if (isNew || record.ContainsKey(field))
                    values.Add((column, value ?? (column.IsNullable ? null : settings.ValueInForce(field))));
            }
            else if (value is not null)
            {
                throw new BackendException(
                    $"the table {dialect.Table} has no column \"{field}\"; start the server once with app_manager.auto_migrate = true, or add it:\n"
                    + $"ALTER TABLE {dialect.Table} ADD COLUMN {Definition(field)}", isPermanent: true);
            }
        }

        return values;
    }

    private async Task MigrateAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await dialect.LockAsync(connection, settings.Patience, cancellationToken).ConfigureAwait(false);
        try
        {
            // Another node may have done it while this one waited.
            foreach (var statement in await FindMissingAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                LogMigrating(logger, statement);
                await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (DbException exception) when (dialect.IsRefused(exception))
        {
            LogRefused(logger, exception.Message);
        }
        finally
        {
            await dialect.UnlockAsync(connection, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The statements that make the table complete.
    private async Task<IReadOnlyList<string>> FindMissingAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var columns = await ReadColumnsAsync(connection, cancellationToken).ConfigureAwait(false);
        if (columns.Count == 0)
            return CreateStatements();
        var missing = AppSchema.Fields.Select(static field => field.Name).Where(field => !columns.ContainsKey(field) && !AppSchema.Required.Contains(field))
            .Select(field => $"ALTER TABLE {dialect.Table} ADD COLUMN {Definition(field)}").ToList();
        if (!columns.ContainsKey("key") || await connection.NumberAsync(dialect.CountUniqueIndexes, Parameters(), cancellationToken).ConfigureAwait(false) > 0)
            return missing;
        var key = dialect.Quote("key");
        var twice = await connection.RowsAsync($"SELECT {key} FROM {dialect.Table} GROUP BY {key} HAVING COUNT(*) > 1", [], cancellationToken).ConfigureAwait(false);
        if (twice.Count > 0)
        {
            throw new BackendException(
                $"several apps in the table {dialect.Table} have the same key: {string.Join(", ", twice.Select(static row => row[0]))}; give each its own", isPermanent: true);
        }

        return [.. missing, dialect.CreateUniqueIndex];
    }

    private async Task<Dictionary<string, SqlColumn>> ReadColumnsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.RowsAsync(dialect.ReadColumns, Parameters(), cancellationToken).ConfigureAwait(false);
        return rows.Select(static row => new SqlColumn(row[0], row[1], row[2] == "1")).ToDictionary(static column => column.Name, StringComparer.Ordinal);
    }

    private IEnumerable<(string, string?)> Parameters() => dialect.TableParameters.Select(static parameter => (parameter.Key, parameter.Value));

    private IReadOnlyList<string> CreateStatements() => dialect.CreateTable([.. AppSchema.Fields.Select(static field => field.Name).Select(Definition)]);

    private string Definition(string field)
    {
        var kind = AppSchema.Fields.First(entry => entry.Name == field).Kind;
        var constraint = field switch
        {
            "id" or "key" or "secret" => " NOT NULL",
            "enabled" => $" DEFAULT {dialect.True} NOT NULL",
            "enable_client_messages" => $" DEFAULT {dialect.False} NOT NULL",
            _ => "",
        };
        return $"{dialect.Quote(field)} {dialect.TypeOf(field, kind)}{constraint}";
    }

    [LoggerMessage(1, LogLevel.Information, "the table of the apps is made complete  statement={Statement}")]
    private static partial void LogMigrating(ILogger logger, string statement);

    [LoggerMessage(2, LogLevel.Warning, "the table of the apps has no columns for some fields, which are absent in all apps  table={Table} fields={Fields}")]
    private static partial void LogMissing(ILogger logger, string table, string fields);

    [LoggerMessage(3, LogLevel.Warning, "the user may not make the table of the apps complete; it is used as it is  reason={Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
