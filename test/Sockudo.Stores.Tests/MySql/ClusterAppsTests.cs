using System.Runtime.InteropServices;
using Sockudo.Administration;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests.MySql;

/// <summary>Two nodes that keep apps for an hour, and a database that tells nobody of changes.</summary>
public sealed class ClusterAppsTests(MariaDb mariaDb)
{
    [Fact]
    public async Task All_nodes_hear_at_once_of_what_the_administrator_does_and_of_SIGHUP_to_one()
    {
        await using var redis = await RedisServer.StartAsync();
        var server = await mariaDb.GetAsync();
        var table = "cluster_" + Guid.NewGuid().ToString("N")[..8];
        string[] options =
        [
            "app_manager.driver=mysql", $"database.mysql.url=mysql://app:{Uri.EscapeDataString(MariaDbServer.Password)}@127.0.0.1:{server.Port}/app", $"database.mysql.table_name={table}",
            "app_manager.cache.ttl=3600", "app_manager.cache.negative_ttl=3600", "adapter.driver=redis", $"database.redis.port={redis.Port}",
        ];
        await using var first = await SockudoProcess.StartAsync(options);
        await using var second = await SockudoProcess.StartAsync(options);
        var nodes = new[] { first, second };
        var app = TestApp.Plain;
        var connections = new List<PusherConnection>();
        foreach (var node in nodes)
            connections.Add(await PusherConnection.ConnectAsync(new ServerUnderTest(node.Address), app));

        await CallAsync(options, "disable", app.Id);
        foreach (var connection in connections)
            await connection.ExpectErrorAndCloseAsync(4003);

        await server.ExecuteAsync($"UPDATE {table} SET enabled = 1 WHERE id = '{app.Id}'");
        first.Signal(PosixSignal.SIGHUP);
        foreach (var node in nodes)
        {
            var address = new ServerUnderTest(node.Address);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (true)
            {
                await using var socket = await RawWebSocket.OpenAsync(address, address.WebSocketPath(app));
                if ((await socket.NextFrameAsync()).Text.Contains("connection_established", StringComparison.Ordinal))
                    break;
                await Task.Delay(20, patience.Token);
            }
        }

        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    private static async Task CallAsync(string[] options, params string[] arguments)
    {
        var line = CommandLineParser.Parse(["apps", .. arguments, .. options.SelectMany(static option => new[] { "--set", option })], "test");
        var configuration = ConfigurationLoader.Load(new ConfigurationSources { WorkingDirectory = Path.GetTempPath(), Overrides = line.Overrides });
        using var output = new StringWriter();
        Assert.Equal(0, await AppsProgram.RunAsync(line.Apps!, configuration.Options, output, output));
    }
}
