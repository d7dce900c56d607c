using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.MySql;

/// <summary>MariaDB.</summary>
public sealed class MySqlStoredAppsTests(MariaDb server) : RemoteStoredAppsSpec
{
    protected override async Task<int> GetPortAsync() => (await server.GetAsync()).Port;

    protected override string[] OptionsFor(int port) =>
    [
        "app_manager.driver=mysql",
        $"database.mysql.url=mysql://app:{Uri.EscapeDataString(MariaDbServer.Password)}@127.0.0.1:{port}/app",
        $"database.mysql.table_name=apps_{Guid.NewGuid():N}",
    ];
}
