using System.Data.Common;
using Sockudo.Server.Apps;

namespace Sockudo.Sql;

/// <summary>In what one kind of SQL database differs from the others. All values are sent and read as text; each database turns them into what its columns are.</summary>
/// <param name="table">Name of the table, optionally <c>schema.table</c>.</param>
internal abstract class SqlDialect(string table)
{
    /// <summary>Schema and name of the table; the schema is null if it is the usual one.</summary>
    protected (string? Schema, string Name) TableParts { get; } =
        table.Split('.') is [var schema, var name] ? (schema, name) : (null, table);

    /// <summary>Name of the database as people know it.</summary>
    public abstract string Name { get; }

    /// <summary>The table as statements name it.</summary>
    public string Table => TableParts.Schema is null ? Quote(TableParts.Name) : $"{Quote(TableParts.Schema)}.{Quote(TableParts.Name)}";

    /// <summary>Makes ready what has to be there before anybody connects.</summary>
    /// <exception cref="Server.Backends.BackendException">It cannot be.</exception>
    public virtual void Prepare()
    {
    }

    /// <summary>An identifier between quotes.</summary>
    public abstract string Quote(string identifier);

    /// <summary>A value as a statement takes it.</summary>
    /// <param name="parameter">Name of the parameter, which holds text.</param>
    /// <param name="column">Where it goes.</param>
    public virtual string Value(string parameter, SqlColumn column) => "@" + parameter;

    /// <summary>A condition that is true of the row whose column is the parameter of the same name, to the letter.</summary>
    public virtual string Matches(string column) => $"{Quote(column)} = @{column}";

    /// <summary>A column as a statement reads it: something that can be shown as text.</summary>
    public virtual string Read(string column) => Quote(column);

    /// <summary>The type of a new column for a field.</summary>
    public abstract string TypeOf(string field, AppFieldKind kind);

    /// <summary>Creates the table with these columns and all that belongs to it, statement by statement.</summary>
    /// <param name="columns">Definitions of the columns of the fields.</param>
    public abstract IReadOnlyList<string> CreateTable(IReadOnlyList<string> columns);

    /// <summary>A statement that yields name, type and nullability (1 or 0) of the columns of the table; nothing if there is no table.</summary>
    public abstract string ReadColumns { get; }

    /// <summary>A statement that yields the number of unique indexes over the column <c>key</c> alone.</summary>
    public abstract string CountUniqueIndexes { get; }

    /// <summary>Parameters of these two statements.</summary>
    public abstract IReadOnlyDictionary<string, string?> TableParameters { get; }

    /// <summary>Creates a unique index over <c>key</c>.</summary>
    public abstract string CreateUniqueIndex { get; }

    /// <summary>Keeps other nodes from migrating at the same time, until the connection ends or <see cref="UnlockAsync"/> is called; waits for them.</summary>
    public abstract Task LockAsync(DbConnection connection, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Lets the others go on.</summary>
    public abstract Task UnlockAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A statement that tells others which app has changed, sent together with the change; null if there is none. The parameter is <c>@id</c>.</summary>
    public virtual string? Notify => null;

    /// <summary>True, as a default of a column.</summary>
    public virtual string True => "TRUE";

    /// <summary>False, as a default of a column.</summary>
    public virtual string False => "FALSE";

    /// <summary>The current time, for <c>updated_at</c>.</summary>
    public virtual string Now => "CURRENT_TIMESTAMP";

    /// <summary>A statement that yields the time of the server in seconds since 1970; null if it has no clock of its own.</summary>
    public virtual string? ReadClock => null;

    /// <summary>Those who write get in each other's way until one gives up; they should stand in line.</summary>
    public virtual bool HasOneWriter => false;

    /// <summary>A row with this key exists already.</summary>
    public abstract bool IsConflict(DbException exception);

    /// <summary>Nothing but another configuration can help: wrong password, unknown database, missing rights.</summary>
    public abstract bool IsPermanent(DbException exception);

    /// <summary>The user may not change tables.</summary>
    public abstract bool IsRefused(DbException exception);

    /// <summary>Calls back when an app was changed; see <see cref="IAppDatabase.WatchAsync"/>.</summary>
    public virtual Task WatchAsync(DbDataSource source, Action<string?> changed, CancellationToken cancellationToken) => Task.CompletedTask;
}
