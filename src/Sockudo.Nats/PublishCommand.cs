using NATS.Client.Core;

namespace Sockudo.Nats;

/// <summary>Publishes a message whose bytes are the caller's until this is confirmed or given up.</summary>
internal sealed class PublishCommand(INatsConnection connection, string subject, ReadOnlyMemory<byte> message, CancellationToken broken) : LinkCommand
{
    private readonly Lock _gate = new();
    private bool _isGivenUp;

    public override ValueTask WriteAsync()
    {
        // The library copies the bytes before it returns.
        lock (_gate)
        {
            return _isGivenUp
                ? ValueTask.CompletedTask
                : connection.PublishAsync(subject, message, serializer: NatsRawSerializer<ReadOnlyMemory<byte>>.Default, cancellationToken: broken);
        }
    }

    /// <summary>Waits for the confirmation.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The caller may change the bytes from here on.
            lock (_gate)
                _isGivenUp = true;
        }
    }
}
