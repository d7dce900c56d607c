using Sockudo.Server.Backends;
using StackExchange.Redis;

namespace Sockudo.Redis;

/// <summary>What a component keeps in Redis: its connection, its prefix, and whether it can be used. Safe from any thread.</summary>
/// <param name="connector">Which Redis.</param>
/// <param name="prefix">Prefix of the component's keys; trailing <c>:</c> and <c>.</c> do not matter.</param>
/// <param name="state">Where outages are told.</param>
public sealed class RedisStore(RedisConnector connector, string prefix, BackendState state) : IBackend
{
    private readonly string _prefix = prefix.TrimEnd(':', '.') + ":";
    private RedisConnection? _connection;

    /// <inheritdoc/>
    public BackendState State => state;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection = await connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        // Nobody may ask for anything for a while after an outage.
        _connection.Multiplexer.ConnectionRestored += (_, _) => state.Up();
    }

    /// <summary>The key of this name.</summary>
    public RedisKey Key(string name) => _prefix + name;

    /// <summary>Sends commands.</summary>
    /// <exception cref="BackendException">Redis cannot be used; told to <see cref="State"/> already.</exception>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> commands)
    {
        ArgumentNullException.ThrowIfNull(commands);
        try
        {
            var answer = await commands(_connection!.Multiplexer.GetDatabase()).ConfigureAwait(false);
            state.Up();
            return answer;
        }
        catch (Exception exception)
        {
            // Also an answer that is not what was asked for: who depends on Redis can do without either, and with nothing else.
            state.Down($"Redis {connector.Description}: {exception.Message}");
            throw new BackendException($"Redis {connector.Description} cannot be used: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Listens to a channel, also after outages. False if that cannot be asked for just now; nothing depends on it.</summary>
    public async Task<bool> TryListenAsync(string channel, Action heard)
    {
        try
        {
            await _connection!.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel), (_, _) => heard()).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;
}
