using Sockudo.Server.Apps;
using Sockudo.Specification;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <summary>PostgreSQL.</summary>
public sealed class PostgreSqlAppStoreTests(Postgres server) : AppStoreSpec
{
    protected override async Task<IAppDatabase> CreateAsync(string table, bool autoMigrate = true) => Databases.PostgreSql(await server.GetAsync(), table, autoMigrate);
}
