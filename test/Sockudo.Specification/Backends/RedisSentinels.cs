using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>A master, its replica, and three Sentinels who watch over them.</summary>
public sealed class RedisSentinels : IAsyncDisposable
{
    /// <summary>What the Sentinels call the master.</summary>
    public const string Name = "mymaster";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-sentinels-").FullName;
    private readonly List<BackendProcess> _sentinels = [];
    private readonly List<RedisServer> _servers = [];

    private RedisSentinels()
    {
    }

    /// <summary>Ports of the Sentinels.</summary>
    public IReadOnlyList<int> Ports { get; } = [FreePort.Next(), FreePort.Next(), FreePort.Next()];

    /// <summary>The first master.</summary>
    public RedisServer Master => _servers[0];

    /// <summary>Its replica, which becomes the master after it.</summary>
    public RedisServer Replica => _servers[1];

    /// <summary>Starts them all.</summary>
    /// <param name="password">Password of the servers.</param>
    /// <param name="sentinelPassword">Password of the Sentinels.</param>
    public static async Task<RedisSentinels> StartAsync(string password, string sentinelPassword)
    {
        BackendProcess.Require("redis-server", "redis-sentinel", "redis-cli");
        var all = new RedisSentinels();
        try
        {
            await all.StartServersAsync(password);
            await all.StartSentinelsAsync(password, sentinelPassword);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in _sentinels)
            await sentinel.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartServersAsync(string password)
    {
        _servers.Add(await RedisServer.StartAsync($"requirepass {password}", $"masterauth {password}"));
        _servers.Add(await RedisServer.StartAsync($"requirepass {password}", $"masterauth {password}", $"replicaof 127.0.0.1 {Master.Port}"));
        await ExpectAsync(async () => (await Replica.CallAsync("-a", password, "INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal));
    }

    private async Task StartSentinelsAsync(string password, string sentinelPassword)
    {
        foreach (var port in Ports)
        {
            var file = Path.Combine(_directory, $"{port}.conf");
            // The Sentinel writes into its file.
            await File.WriteAllLinesAsync(file,
            [
                "bind 127.0.0.1", $"port {port}", $"dir {_directory}", $"requirepass {sentinelPassword}", $"sentinel sentinel-pass {sentinelPassword}",
                $"sentinel monitor {Name} 127.0.0.1 {Master.Port} 2", $"sentinel auth-pass {Name} {password}",
                $"sentinel down-after-milliseconds {Name} 1000", $"sentinel failover-timeout {Name} 5000",
            ]);
            _sentinels.Add(BackendProcess.Start("redis-sentinel", _directory, file));
        }

        foreach (var (sentinel, port) in _sentinels.Zip(Ports))
        {
            await sentinel.WaitUntilListeningAsync(port);
            await ExpectAsync(async () =>
            {
                var state = await BackendProcess.RunAsync("redis-cli", _directory, "-p", $"{port}", "-a", sentinelPassword, "--no-auth-warning", "INFO", "sentinel");
                return state.Contains("slaves=1,sentinels=3", StringComparison.Ordinal);
            });
        }
    }

    private static async Task ExpectAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(50, timeout.Token);
        Assert.False(timeout.IsCancellationRequested);
    }
}
