// NOTE: see NOTE-FROM-THE-LEAD.md in this folder before you go on: no own Redis client, use StackExchange.Redis.
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Sockudo.Server.Backends;

namespace Sockudo.Redis;

/// <summary>
/// Finds the servers that the configuration means, and logs in to them. Everything that can be wrong with a configuration shows here, so the messages
/// say what to change.
/// </summary>
internal sealed class RedisServers
{
    private static readonly Version Oldest = new(6, 2);
    private static readonly Version OldestInCluster = new(7, 0);

    private readonly RedisTls? _tls;
    private readonly TimeProvider _time;

    /// <exception cref="BackendException">The configuration cannot be used.</exception>
    public RedisServers(RedisTarget target, string nodeName, TimeProvider time)
    {
        Settings = RedisSettings.From(target);
        ClientName = "sockudo-" + string.Concat(nodeName.Select(static c => c is > ' ' and <= '~' ? c : '-'));
        _tls = Settings.UsesTls ? new RedisTls(Settings.Options.Tls) : null;
        _time = time;
    }

    public RedisSettings Settings { get; }

    public RedisTls? Tls => _tls;

    /// <summary>What the connections are called in <c>CLIENT LIST</c>.</summary>
    public string ClientName { get; }

    /// <summary>Milliseconds of one command.</summary>
    public TimeSpan CommandTimeout => TimeSpan.FromMilliseconds(Settings.Options.CommandTimeoutMs);

    /// <summary>The configured addresses, for messages.</summary>
    public string Description => string.Join(", ", Settings.Sentinels.Count > 0 ? Settings.Sentinels : Settings.Servers);

    /// <summary>Asks who the masters are now.</summary>
    /// <param name="known">Nodes of the cluster that were known lately; they are asked first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">Nobody knows.</exception>
    public Task<IReadOnlyList<RedisMaster>> LocateAsync(IEnumerable<RedisAddress> known, CancellationToken cancellationToken)
    {
        if (Settings.IsCluster)
            return AskAsync([.. known.Concat(Settings.Servers).Distinct()], AskNodeAsync, cancellationToken);
        return Settings.Sentinels.Count > 0
            ? AskAsync(Settings.Sentinels, AskSentinelAsync, cancellationToken)
            : Task.FromResult<IReadOnlyList<RedisMaster>>([new RedisMaster(Settings.Servers[0], [])]);
    }

    /// <summary>Connects to a server of the right kind and age, and logs in.</summary>
    /// <param name="address">The server.</param>
    /// <param name="mustBeMaster">A replica will not do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">It cannot be used.</exception>
    public async Task<RespClient> ConnectAsync(RedisAddress address, bool mustBeMaster, CancellationToken cancellationToken)
    {
        var client = await DialAsync(address, cancellationToken).ConfigureAwait(false);
        try
        {
            var greeting = await LogInAsync(client, Settings.Username, Settings.Password, Settings.CredentialKeys, cancellationToken).ConfigureAwait(false);
            CheckKind(address, greeting);
            // A replica would be a wrong address, or one whose name will soon lead to the new master.
            if (mustBeMaster && greeting["role"] is not (null or "master"))
                throw Problem(address, "is a replica; what is published must go to its master", Settings.AddressKeys);
            if (Settings.Database != 0)
            {
                var number = Settings.Database.ToString(CultureInfo.InvariantCulture);
                if ((await CallAsync(client, cancellationToken, "SELECT", number).ConfigureAwait(false)).IsError)
                    throw Problem(address, $"has no database {number}, or does not let us use it", "database.redis.db, " + Settings.AddressKeys, isPermanent: true);
            }

            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a command, and waits as long as a command may take.</summary>
    /// <exception cref="BackendException">There was no answer.</exception>
    public async Task<RespReply> CallAsync(RespClient client, CancellationToken cancellationToken, params string[] command)
    {
        try
        {
            return await client.CallAsync(command).WaitAsync(CommandTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw Problem(client.Address, $"did not answer within {Settings.Options.CommandTimeoutMs} ms", "database.redis.command_timeout_ms", inner: e);
        }
    }

    private void CheckKind(RedisAddress address, RespReply greeting)
    {
        var mode = greeting["mode"] ?? "standalone";
        if (mode == "sentinel")
            throw Problem(address, "is a Sentinel, not a Redis server; Sentinels belong in database.redis.sentinels", Settings.AddressKeys, isPermanent: true);
        if (Settings.IsCluster && mode != "cluster")
            throw Problem(address, "is a single server, not a node of a Redis Cluster; use the driver redis for it", Settings.AddressKeys, isPermanent: true);
        if (!Settings.IsCluster && mode == "cluster")
            throw Problem(address, "is a node of a Redis Cluster; use the driver redis-cluster for it", Settings.AddressKeys, isPermanent: true);
        var oldest = Settings.IsCluster ? OldestInCluster : Oldest;
        if (Version.TryParse(greeting["version"], out var version) && version < oldest)
            throw Problem(address, $"has version {version}; at least {oldest} is needed", Settings.AddressKeys, isPermanent: true);
    }

    // One after another, until somebody knows.
    private static async Task<IReadOnlyList<RedisMaster>> AskAsync(
        IReadOnlyList<RedisAddress> addresses, Func<RedisAddress, CancellationToken, Task<IReadOnlyList<RedisMaster>>> ask, CancellationToken cancellationToken)
    {
        BackendException? first = null;
        foreach (var address in addresses)
        {
            try
            {
                return await ask(address, cancellationToken).ConfigureAwait(false);
            }
            catch (BackendException e)
            {
                // Somebody must change something: of several problems, that is the one to tell.
                first = first is null || (e.IsPermanent && !first.IsPermanent) ? e : first;
            }
        }

        throw first!;
    }

    private async Task<IReadOnlyList<RedisMaster>> AskSentinelAsync(RedisAddress sentinel, CancellationToken cancellationToken)
    {
        var name = Settings.Options.Name;
        var client = await DialAsync(sentinel, cancellationToken).ConfigureAwait(false);
        await using var _ = client.ConfigureAwait(false);
        var greeting = await LogInAsync(client, Settings.Options.SentinelUsername, Settings.Options.SentinelPassword,
            "database.redis.sentinel_username, database.redis.sentinel_password", cancellationToken).ConfigureAwait(false);
        if (greeting["mode"] is not "sentinel")
            throw Problem(sentinel, "is no Sentinel", Settings.AddressKeys, isPermanent: true);
        var answer = await CallAsync(client, cancellationToken, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).ConfigureAwait(false);
        if (answer.Items is not [{ Text: { } host }, { Text: { } port }])
            throw Problem(sentinel, answer.IsError ? "refuses to name the master: " + answer.Text : $"knows no master called {name}", Settings.AddressKeys);
        return [new RedisMaster(new RedisAddress(host, int.Parse(port, CultureInfo.InvariantCulture)), [])];
    }

    private async Task<IReadOnlyList<RedisMaster>> AskNodeAsync(RedisAddress node, CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(node, mustBeMaster: false, cancellationToken).ConfigureAwait(false);
        await using var _ = client.ConfigureAwait(false);
        // A node that was cut off from the others knows that, and must not be asked who they are.
        var state = await CallAsync(client, cancellationToken, "CLUSTER", "INFO").ConfigureAwait(false);
        if (state.Text?.Contains("cluster_state:ok", StringComparison.Ordinal) != true)
        {
            var reason = state.IsError ? state.Text : "cluster_state is not ok";
            throw Problem(node, "is part of a cluster that does not work: " + reason, Settings.AddressKeys, IsPermission(state));
        }

        var slots = await CallAsync(client, cancellationToken, "CLUSTER", "SLOTS").ConfigureAwait(false);
        if (slots.IsError)
            throw Problem(node, "does not tell the nodes of its cluster: " + slots.Text, Settings.AddressKeys, IsPermission(slots));
        var masters = new Dictionary<RedisAddress, List<(int First, int Last)>>();
        var served = 0;
        foreach (var range in slots.Items)
        {
            if (range.Items is not [{ Integer: var first }, { Integer: var last }, { Items: [{ Text: var host }, { Integer: var port }, ..] }, ..])
                continue;
            // No name: the one that it was reached by.
            var address = new RedisAddress(string.IsNullOrEmpty(host) || host == "?" ? node.Host : host, (int)port);
            if (!masters.TryGetValue(address, out var ranges))
                masters.Add(address, ranges = []);
            ranges.Add(((int)first, (int)last));
            served += (int)(last - first) + 1;
        }

        if (served < HashSlot.Count)
            throw Problem(node, $"is part of a cluster that does not serve {HashSlot.Count - served} of {HashSlot.Count} slots", Settings.AddressKeys);
        return [.. masters.Select(static pair => new RedisMaster(pair.Key, pair.Value))];
    }

    private async Task<RespClient> DialAsync(RedisAddress address, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(Settings.Options.ConnectTimeoutMs), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await RespClient.DialAsync(address, _tls?.For(address.Host), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var limit = Settings.Options.ConnectTimeoutMs;
            throw _tls is null
                ? Problem(address, $"did not accept a connection within {limit} ms", $"{Settings.AddressKeys}, database.redis.connect_timeout_ms", inner: e)
                : Problem(address, $"did not begin TLS within {limit} ms; does it speak TLS?", $"database.redis.tls.enabled, {Settings.AddressKeys}", inner: e);
        }
        catch (AuthenticationException e)
        {
            throw Problem(address, $"cannot be trusted, or does not speak TLS: {e.Message}", "database.redis.tls, " + Settings.AddressKeys, isPermanent: true, e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Problem(address, $"cannot be reached: {e.Message}", Settings.AddressKeys, inner: e);
        }
    }

    private async Task<RespReply> LogInAsync(RespClient client, string? user, string? password, string credentialKeys, CancellationToken cancellationToken)
    {
        string[] command = password is null
            ? ["HELLO", "3", "SETNAME", ClientName]
            : ["HELLO", "3", "AUTH", user ?? "default", password, "SETNAME", ClientName];
        RespReply greeting;
        try
        {
            greeting = await CallAsync(client, cancellationToken, command).ConfigureAwait(false);
        }
        catch (BackendException e) when (_tls is null && client.Failure is not null)
        {
            const string Keys = "database.redis.tls.enabled, ";
            throw Problem(client.Address, "ended the connection at the first command; does it want TLS?", Keys + Settings.AddressKeys, inner: e);
        }

        if (!greeting.IsError)
            return greeting;
        var text = greeting.Text ?? "";
        throw text.Split(' ', 2)[0] switch
        {
            "WRONGPASS" => Problem(client.Address, "does not accept user and password", credentialKeys, isPermanent: true),
            "NOAUTH" => Problem(client.Address, "wants a password", credentialKeys, isPermanent: true),
            "NOPERM" => Problem(client.Address, "does not let this user in: " + text, credentialKeys, isPermanent: true),
            "LOADING" or "MASTERDOWN" or "BUSY" => Problem(client.Address, "is not ready: " + text, Settings.AddressKeys),
            "NOPROTO" => Problem(client.Address, "does not speak RESP3; at least Redis 6.2 is needed", Settings.AddressKeys, isPermanent: true),
            // Servers repeat the arguments of commands that they do not know, and the password is one of them.
            _ when text.Contains("unknown command", StringComparison.OrdinalIgnoreCase) =>
                Problem(client.Address, $"is too old; at least Redis {Oldest} is needed", Settings.AddressKeys, isPermanent: true),
            _ when password is not null && text.Contains(password, StringComparison.Ordinal) =>
                Problem(client.Address, "refuses the log-in", credentialKeys),
            _ => Problem(client.Address, "refuses the log-in: " + text, credentialKeys),
        };
    }

    private static bool IsPermission(RespReply reply) => reply.IsError && reply.Text!.StartsWith("NOPERM", StringComparison.Ordinal);

    private static BackendException Problem(RedisAddress address, string problem, string keys, bool isPermanent = false, Exception? inner = null) =>
        new($"Redis {address} {problem} ({keys})", isPermanent, inner);
}
