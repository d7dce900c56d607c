using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <summary>PostgreSQL.</summary>
public sealed class PostgreSqlStoredAppsTests(Postgres server) : RemoteStoredAppsSpec
{
    protected override bool IsTold => true;

    protected override async Task<int> GetPortAsync() => (await server.GetAsync()).Port;

    protected override string[] OptionsFor(int port) =>
    [
        "app_manager.driver=pgsql",
        $"database.postgres.url=postgres://app:{Uri.EscapeDataString(PostgreSqlServer.Password)}@127.0.0.1:{port}/app",
        $"database.postgres.table_name=apps_{Guid.NewGuid():N}",
    ];
}
