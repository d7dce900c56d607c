using Sockudo.Server.Apps;
using Sockudo.Specification;
using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.Sqlite;

/// <summary>A file for each table.</summary>
public sealed class SqliteAppStoreTests : AppStoreSpec, IDisposable
{
    private readonly string _directory = FastDirectory.Create("sockudo-sqlite-");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    protected override Task<IAppDatabase> CreateAsync(string table, bool autoMigrate = true) =>
        Task.FromResult(Databases.Sqlite(Path.Combine(_directory, "new", table + ".db"), autoMigrate));
}
