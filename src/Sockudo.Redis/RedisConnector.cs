using Sockudo.Server.Backends;
using StackExchange.Redis;

namespace Sockudo.Redis;

/// <summary>
/// Connects the components that send commands: cache, queue, rate limiter. Before the library connects, which says little of what goes wrong, the servers
/// are tried, so that a mistake in the configuration is called by its name.
/// </summary>
public sealed class RedisConnector
{
    // The shortest and the longest time between two attempts to reconnect, in milliseconds.
    private const int ShortestPause = 100;
    private const int LongestPause = 5000;

    private readonly RedisServers _servers;

    /// <param name="target">Which Redis.</param>
    /// <param name="nodeName">What this node is called in the server's list of clients.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public RedisConnector(RedisTarget target, string nodeName, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(nodeName);
        _servers = new RedisServers(target, nodeName, time);
    }

    /// <summary>The configured addresses, without credentials, for messages.</summary>
    public string Description => _servers.Description;

    /// <summary>Connects, in one attempt.</summary>
    /// <exception cref="BackendException">The servers cannot be used.</exception>
    public async Task<RedisConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var masters = await _servers.LocateAsync([], cancellationToken).ConfigureAwait(false);
        foreach (var master in masters)
        {
            var client = await _servers.ConnectAsync(master.Address, mustBeMaster: true, cancellationToken).ConfigureAwait(false);
            await client.DisposeAsync().ConfigureAwait(false);
        }

        ConnectionMultiplexer? sentinels = null;
        try
        {
            var settings = _servers.Settings;
            if (settings.Sentinels.Count == 0)
            {
                var options = OptionsFor(masters.Select(static master => master.Address), settings.Username, settings.Password);
                return new RedisConnection(await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken).ConfigureAwait(false), null);
            }

            var asking = OptionsFor(settings.Sentinels, settings.Options.SentinelUsername, settings.Options.SentinelPassword);
            asking.DefaultDatabase = null;
            asking.ServiceName = settings.Options.Name;
            sentinels = await ConnectionMultiplexer.SentinelConnectAsync(asking).WaitAsync(cancellationToken).ConfigureAwait(false);
            var commanding = OptionsFor([masters[0].Address], settings.Username, settings.Password);
            commanding.ServiceName = settings.Options.Name;
            // The library does this part without await.
            var multiplexer = await Task.Run(() => sentinels.GetSentinelMasterConnection(commanding), cancellationToken).ConfigureAwait(false);
            return new RedisConnection(multiplexer, sentinels);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            if (sentinels is not null)
                await sentinels.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException)
                throw;
            throw new BackendException($"Redis {Description} cannot be used: {e.Message} ({_servers.Settings.AddressKeys})", inner: e);
        }
    }

    private ConfigurationOptions OptionsFor(IEnumerable<RedisAddress> addresses, string? user, string? password)
    {
        var settings = _servers.Settings;
        var options = new ConfigurationOptions
        {
            ClientName = _servers.ClientName,
            User = user,
            Password = password,
            DefaultDatabase = settings.Database,
            ConnectTimeout = settings.Options.ConnectTimeoutMs,
            SyncTimeout = settings.Options.CommandTimeoutMs,
            AsyncTimeout = settings.Options.CommandTimeoutMs,
            ConnectRetry = 1,
            AbortOnConnectFail = true,
            ReconnectRetryPolicy = new ExponentialRetry(ShortestPause, LongestPause),
            BacklogPolicy = BacklogPolicy.FailFast,
            // The library's own ways to find a master among several servers; they read a key and listen to a channel that nobody has given us the right to.
            ConfigurationChannel = "",
            TieBreaker = "",
        };
        foreach (var address in addresses)
            options.EndPoints.Add(address.Host, address.Port);
        if (_servers.Tls is { } tls)
        {
            options.Ssl = true;
            options.SslClientAuthenticationOptions = tls.For;
        }

        return options;
    }
}
