namespace Sockudo.Sql;

/// <summary>A column as it is in the database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, in the words of the database.</param>
/// <param name="IsNullable">It may hold null.</param>
internal sealed record SqlColumn(string Name, string Type, bool IsNullable);
