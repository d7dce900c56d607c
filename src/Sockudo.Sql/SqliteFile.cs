using Microsoft.Data.Sqlite;
using Sockudo.Server.Backends;
using SQLitePCL;

namespace Sockudo.Sql;

/// <summary>The file of the embedded database.</summary>
internal static class SqliteFile
{
    /// <summary>Makes the file and its directory if they are missing; nobody but the server's user may read it, because there are secrets in it.</summary>
    /// <exception cref="BackendException">That is not possible; permanent.</exception>
    public static void Prepare(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
                Directory.CreateDirectory(directory);
            if (!File.Exists(path) && !OperatingSystem.IsWindows())
                new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackendException($"SQLite {path} cannot be used: {exception.Message} (database.sqlite.path)", isPermanent: true, exception);
        }
    }

    /// <summary>Nothing but another file can help.</summary>
    public static bool IsPermanent(SqliteException exception) =>
        exception.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM;

    /// <summary>Executes statements; how many rows were changed.</summary>
    public static int Do(this SqliteConnection connection, string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.Command(statement, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Executes a statement that yields rows.</summary>
    public static List<T> Rows<T>(this SqliteConnection connection, string statement, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.Command(statement, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static SqliteCommand Command(this SqliteConnection connection, string statement, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        // Nothing but names of columns and parameters stands in it.
#pragma warning disable CA2100
        command.CommandText = statement;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
