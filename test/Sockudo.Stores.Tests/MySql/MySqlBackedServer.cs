using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.MySql;

/// <inheritdoc/>
public sealed class MySqlBackedServer(MariaDb server) : StoreServer
{
    protected override async Task<string[]> GetOptionsAsync() =>
    [
        "app_manager.driver=mysql", "database.mysql.host=127.0.0.1", $"database.mysql.port={(await server.GetAsync()).Port}", "database.mysql.username=app",
        $"database.mysql.password={MariaDbServer.Password}", "database.mysql.database=app", "database.mysql.table_name=specification",
    ];
}
