namespace Sockudo.Stores.Tests.Sqlite;

/// <inheritdoc/>
public sealed class SqliteBackedServer : StoreServer
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-sqlite-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override Task<string[]> GetOptionsAsync() =>
        Task.FromResult<string[]>(["app_manager.driver=sqlite", $"database.sqlite.path={Path.Combine(_directory, "apps.db")}"]);
}
