namespace Sockudo.Stores.Tests.Sqlite;

/// <summary>A file.</summary>
public sealed class SqliteStoredAppsTests : StoredAppsSpec
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-sqlite-").FullName;

    protected override bool IsTold => true;

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return base.DisposeAsync();
    }

    protected override Task<string[]> GetOptionsAsync() =>
        Task.FromResult<string[]>(["app_manager.driver=sqlite", $"database.sqlite.path={Path.Combine(_directory, "apps.db")}"]);
}
