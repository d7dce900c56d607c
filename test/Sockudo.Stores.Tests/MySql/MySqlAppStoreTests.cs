using Sockudo.Server.Apps;
using Sockudo.Specification;

namespace Sockudo.Stores.Tests.MySql;

/// <summary>MariaDB.</summary>
public sealed class MySqlAppStoreTests(MariaDb server) : AppStoreSpec
{
    protected override async Task<IAppDatabase> CreateAsync(string table, bool autoMigrate = true) => Databases.MySql(await server.GetAsync(), table, autoMigrate);
}
