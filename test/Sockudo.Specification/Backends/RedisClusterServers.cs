using System.Globalization;

namespace Sockudo.Specification.Backends;

/// <summary>A Redis Cluster of three masters with a replica each.</summary>
public sealed class RedisClusterServers : IAsyncDisposable
{
    private const int Count = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-cluster-").FullName;
    private readonly Dictionary<int, BackendProcess> _nodes = [];

    private RedisClusterServers(string password) => Password = password;

    /// <summary>Password of every node.</summary>
    public string Password { get; }

    /// <summary>Ports of all nodes.</summary>
    public IReadOnlyList<int> Ports { get; } = [.. Enumerable.Range(0, Count).Select(static _ => FreePort.Next())];

    /// <summary>Starts the nodes, and waits until the cluster works.</summary>
    public static async Task<RedisClusterServers> StartAsync(string password)
    {
        BackendProcess.Require("redis-server", "redis-cli");
        var cluster = new RedisClusterServers(password);
        try
        {
            foreach (var port in cluster.Ports)
                await cluster.StartAgainAsync(port);
            await BackendProcess.RunAsync("redis-cli", cluster._directory,
                ["-a", password, "--no-auth-warning", "--cluster", "create", .. cluster.Ports.Select(static port => $"127.0.0.1:{port}"), "--cluster-replicas", "1", "--cluster-yes"]);
            await cluster.WaitUntilWholeAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a node with SIGKILL.</summary>
    public Task KillAsync(int port) => _nodes[port].KillAsync();

    /// <summary>Starts a node, again with what it remembers of the cluster.</summary>
    public async Task StartAgainAsync(int port)
    {
        var home = Path.Combine(_directory, port.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(home);
        var file = Path.Combine(home, "redis.conf");
        await File.WriteAllLinesAsync(file,
        [
            "bind 127.0.0.1", $"port {port}", $"dir {home}", "save \"\"", "appendonly no", "cluster-enabled yes", "cluster-config-file nodes.conf",
            "cluster-node-timeout 1500", "cluster-announce-ip 127.0.0.1", "repl-diskless-sync-delay 0", $"requirepass {Password}", $"masterauth {Password}",
        ]);
        if (_nodes.Remove(port, out var old))
            await old.DisposeAsync();
        _nodes.Add(port, BackendProcess.Start("redis-server", home, file));
        await _nodes[port].WaitUntilListeningAsync(port);
    }

    /// <summary>Waits until every node says that the cluster works, and every master has a replica.</summary>
    public async Task WaitUntilWholeAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        foreach (var port in Ports)
        {
            while (!await IsWholeAsync(port))
                await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>Port of the master that serves the slot of a name.</summary>
    /// <param name="name">Key or channel.</param>
    /// <param name="witness">The node to ask.</param>
    public async Task<int> MasterOfAsync(string name, int witness)
    {
        var slot = int.Parse((await CallAsync(witness, "CLUSTER", "KEYSLOT", name)).Trim(), CultureInfo.InvariantCulture);
        // <id> <ip:port@bus> <flags> <master> <ping> <pong> <epoch> <link> <slot> <slot> ...
        foreach (var words in (await CallAsync(witness, "CLUSTER", "NODES")).Split('\n').Select(static line => line.Split(' ')))
        {
            if (words.Length > 8 && words[8..].Any(range => IsIn(slot, range)))
                return int.Parse(words[1].Split(':', '@')[1], CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException($"nobody serves slot {slot}");
    }

    /// <summary>Runs <c>redis-cli</c> against a node; what that has written.</summary>
    public Task<string> CallAsync(int port, params string[] arguments) =>
        BackendProcess.RunAsync("redis-cli", _directory, ["-p", $"{port}", "-a", Password, "--no-auth-warning", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> IsWholeAsync(int port)
    {
        var (cluster, replication) = (await CallAsync(port, "CLUSTER", "INFO"), await CallAsync(port, "INFO", "replication"));
        return cluster.Contains("cluster_state:ok", StringComparison.Ordinal)
            && (replication.Contains("master_link_status:up", StringComparison.Ordinal) || replication.Contains("connected_slaves:1", StringComparison.Ordinal));
    }

    private static bool IsIn(int slot, string range)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], out var first) && int.TryParse(ends[^1], out var last) && slot >= first && slot <= last;
    }
}
