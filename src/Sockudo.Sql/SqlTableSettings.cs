namespace Sockudo.Sql;

/// <summary>What may be done with the table of the apps.</summary>
/// <param name="AutoMigrate"><c>app_manager.auto_migrate</c>: make what is missing.</param>
/// <param name="Patience">How long to wait for another node that does so.</param>
/// <param name="ValueInForce">What an absent field means, as text, for columns that take no null.</param>
public sealed record SqlTableSettings(bool AutoMigrate, TimeSpan Patience, Func<string, string> ValueInForce);
