using StackExchange.Redis;

namespace Sockudo.Redis;

/// <summary>A connection for commands, which mends itself for ever and follows failovers.</summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private readonly ConnectionMultiplexer? _sentinels;

    internal RedisConnection(ConnectionMultiplexer multiplexer, ConnectionMultiplexer? sentinels)
    {
        Multiplexer = multiplexer;
        _sentinels = sentinels;
    }

    /// <summary>
    /// The connection. A command fails at once while there is none, and is never repeated. Not for commands that block, and not for publishing to a
    /// cluster without sharding, which the library spreads over the nodes without regard to order.
    /// </summary>
    public IConnectionMultiplexer Multiplexer { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Who needs an answer has waited for it. Otherwise a silent server would be waited for as long as for a command.
        await Multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        await Multiplexer.DisposeAsync().ConfigureAwait(false);
        if (_sentinels is null)
            return;
        await _sentinels.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        await _sentinels.DisposeAsync().ConfigureAwait(false);
    }
}
