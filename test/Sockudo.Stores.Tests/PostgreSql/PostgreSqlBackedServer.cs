using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <inheritdoc/>
public sealed class PostgreSqlBackedServer(Postgres server) : StoreServer
{
    protected override async Task<string[]> GetOptionsAsync() =>
    [
        "app_manager.driver=pgsql", "database.postgres.host=127.0.0.1", $"database.postgres.port={(await server.GetAsync()).Port}", "database.postgres.username=app",
        $"database.postgres.password={PostgreSqlServer.Password}", "database.postgres.database=app", "database.postgres.table_name=specification",
    ];
}
