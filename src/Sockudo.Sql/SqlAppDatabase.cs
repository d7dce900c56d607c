using System.Data.Common;
using System.Globalization;
using System.Text;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;

namespace Sockudo.Sql;

/// <summary>Apps in a table of an SQL database (storage.md 1.2 to 1.5). Only statements with parameters; what is not a parameter comes from the schema and the configuration.</summary>
public sealed class SqlAppDatabase : IAppDatabase
{
    private readonly SqlDialect _dialect;
    private readonly DbDataSource _source;
    private readonly string _description;
    private readonly SqlTable _table;
    private readonly SemaphoreSlim _writers;

    /// <param name="dialect">The kind of database.</param>
    /// <param name="source">Makes connections.</param>
    /// <param name="description">Which database, without credentials, and the keys that name it.</param>
    /// <param name="table">The table.</param>
    /// <param name="state">Where outages are told.</param>
    internal SqlAppDatabase(SqlDialect dialect, DbDataSource source, string description, SqlTable table, BackendState state)
    {
        _dialect = dialect;
        _source = source;
        _description = description;
        _table = table;
        _writers = new SemaphoreSlim(dialect.HasOneWriter ? 1 : int.MaxValue);
        State = state;
    }

    /// <inheritdoc/>
    public BackendState State { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _dialect.Prepare();
        return AskAsync(
            async connection =>
            {
                await _table.ReadyAsync(connection, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AppRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken) => FindAsync("key", key, cancellationToken);

    /// <inheritdoc/>
    public Task<AppRecord?> FindByIdAsync(string id, CancellationToken cancellationToken) => FindAsync("id", id, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppRecord>> ListAsync(CancellationToken cancellationToken) => State.TellAsync(AskAsync<IReadOnlyList<AppRecord>>(
        async connection => await ReadAsync(connection, $"{_table.Select} ORDER BY {_dialect.Quote("id")}", [], cancellationToken).ConfigureAwait(false),
        cancellationToken));

    /// <inheritdoc/>
    public Task InsertAsync(AppRecord app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        var fields = _table.ValuesFor(app, isNew: true);
        var columns = string.Join(", ", fields.Select(field => _dialect.Quote(field.Column.Name)));
        var values = string.Join(", ", fields.Select(field => _dialect.Value(field.Column.Name, field.Column)));
        return ChangeAsync($"INSERT INTO {_dialect.Table} ({columns}) VALUES ({values})", app, fields, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> UpdateAsync(string id, AppRecord changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var fields = _table.ValuesFor(changes, isNew: false).Where(static field => field.Column.Name != "id").ToList();
        var set = new StringBuilder(string.Join(", ", fields.Select(field => $"{_dialect.Quote(field.Column.Name)} = {_dialect.Value(field.Column.Name, field.Column)}")));
        if (_table.HasColumn("updated_at"))
            set.Append(CultureInfo.InvariantCulture, $"{(set.Length > 0 ? ", " : "")}{_dialect.Quote("updated_at")} = {_dialect.Now}");
        if (set.Length == 0)
            return await FindByIdAsync(id, cancellationToken).ConfigureAwait(false) is not null;
        var record = new AppRecord();
        foreach (var (field, value) in changes)
            record[field] = value;
        record["id"] = id;
        return await ChangeAsync(
            $"UPDATE {_dialect.Table} SET {set} WHERE {_dialect.Matches("id")}", record, [.. fields, (_table.Column("id"), id)], cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => await ChangeAsync(
        $"DELETE FROM {_dialect.Table} WHERE {_dialect.Matches("id")}", new AppRecord { ["id"] = id }, [(_table.Column("id"), id)], cancellationToken).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public Task WatchAsync(Action<string?> changed, CancellationToken cancellationToken) => _dialect.WatchAsync(_source, changed, cancellationToken);

    /// <summary>What time it is for the server; null for a database that has no clock of its own.</summary>
    /// <exception cref="BackendException">The database cannot be used.</exception>
    public async Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken)
    {
        if (_dialect.ReadClock is not { } statement)
            return null;
        var rows = await AskAsync(connection => connection.RowsAsync(statement, [], cancellationToken), cancellationToken).ConfigureAwait(false);
        return DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(rows[0][0], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _writers.Dispose();
        return _source.DisposeAsync();
    }

    private Task<AppRecord?> FindAsync(string column, string value, CancellationToken cancellationToken) => State.TellAsync(AskAsync(
        async connection =>
        {
            var rows = await ReadAsync(connection, $"{_table.Select} WHERE {_dialect.Matches(column)}", [(column, value)], cancellationToken).ConfigureAwait(false);
            return rows.FirstOrDefault();
        },
        cancellationToken));

    private static async Task<List<AppRecord>> ReadAsync(
        DbConnection connection, string statement, IReadOnlyList<(string Name, string? Value)> parameters, CancellationToken cancellationToken)
    {
        var command = connection.Command(statement, parameters);
        await using var disposal = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var readerDisposal = reader.ConfigureAwait(false);
        var rows = new List<AppRecord>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = new AppRecord();
            for (var i = 0; i < reader.FieldCount; i++)
                row[reader.GetName(i)] = TextOf(reader.GetName(i), reader.GetValue(i));
            rows.Add(row);
        }

        return rows;
    }

    private static string? TextOf(string field, object value)
    {
        var text = value switch
        {
            DBNull => null,
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
        // Databases have words of their own for these two.
        if (text is null || AppSchema.Fields.First(entry => entry.Name == field).Kind != AppFieldKind.Flag)
            return text;
        return text.ToUpperInvariant() switch { "TRUE" or "T" => "1", "FALSE" or "F" => "0", _ => text };
    }

    private async Task<int> ChangeAsync(
        string statement, AppRecord app, IReadOnlyList<(SqlColumn Column, string? Value)> values, CancellationToken cancellationToken)
    {
        await _writers.WaitAsync(cancellationToken).ConfigureAwait(false);
        var text = _dialect.Notify is { } notify ? $"{statement}; {notify}" : statement;
        try
        {
            return await AskAsync(
                async connection =>
                {
                    var command = connection.Command(text, values.Select(static value => (value.Column.Name, value.Value)));
                    await using var disposal = command.ConfigureAwait(false);
                    return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (exception.InnerException is DbException cause && _dialect.IsConflict(cause))
        {
            // Which of the two it is, databases say only in their own words.
            var isId = statement.StartsWith("INSERT", StringComparison.Ordinal)
                && await FindByIdAsync(app["id"]!, cancellationToken).ConfigureAwait(false) is not null;
            throw new AppConflictException(isId ? "id" : "key", (isId ? app["id"] : app.Find("key")) ?? "");
        }
        finally
        {
            _writers.Release();
        }
    }

    private async Task<T> AskAsync<T>(Func<DbConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var disposal = connection.ConfigureAwait(false);
            return await ask(connection).ConfigureAwait(false);
        }
        catch (Exception exception) when (BackendException.IsOwedFor(exception, cancellationToken))
        {
            var isPermanent = exception is DbException cause && _dialect.IsPermanent(cause);
            throw new BackendException($"{_dialect.Name} {_description} cannot be used: {Reason(exception)}", isPermanent, exception);
        }
    }

    // The driver's own message often says only that something failed.
    private static string Reason(Exception exception) =>
        exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{exception.Message.TrimEnd('.')}: {inner.Message}" : exception.Message;
}
