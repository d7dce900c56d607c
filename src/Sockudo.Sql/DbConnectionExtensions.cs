using System.Data.Common;
using System.Globalization;

namespace Sockudo.Sql;

/// <summary>Short ways to send statements.</summary>
internal static class DbConnectionExtensions
{
    /// <summary>A command with parameters that hold text.</summary>
    public static DbCommand Command(this DbConnection connection, string statement, IEnumerable<(string Name, string? Value)> parameters)
    {
        var command = connection.CreateCommand();
        // Nothing but what the schema and the configuration name stands in it, between quotes.
#pragma warning disable CA2100
        command.CommandText = statement;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            parameter.DbType = System.Data.DbType.String;
            parameter.Value = (object?)value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Executes a statement that yields nothing.</summary>
    public static async Task ExecuteAsync(this DbConnection connection, string statement, CancellationToken cancellationToken)
    {
        var command = connection.Command(statement, []);
        await using var disposal = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Executes a statement that yields one number; 0 for null.</summary>
    public static async Task<long> NumberAsync(
        this DbConnection connection, string statement, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancellationToken)
    {
        var command = connection.Command(statement, parameters);
        await using var disposal = command.ConfigureAwait(false);
        var value = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return value is null or DBNull ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }

    /// <summary>Executes a statement that yields rows of text.</summary>
    public static async Task<List<string[]>> RowsAsync(
        this DbConnection connection, string statement, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancellationToken)
    {
        var command = connection.Command(statement, parameters);
        await using var disposal = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var readerDisposal = reader.ConfigureAwait(false);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!)]);
        return rows;
    }
}
