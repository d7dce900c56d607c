using Sockudo.Server.Backends;

namespace Sockudo.Nats;

/// <summary>Something to be written to a connection. Its task completes when the server has confirmed that it has read it.</summary>
internal abstract class LinkCommand() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Writes; called once, by the one loop that writes.</summary>
    public abstract ValueTask WriteAsync();

    /// <summary>The connection broke before the confirmation came.</summary>
    public void Fail(BackendException reason)
    {
        // Not every caller waits: some have given up, and nobody waits for the end of a subscription.
        if (TrySetException(reason))
            _ = Task.Exception;
    }
}
