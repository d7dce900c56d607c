namespace Sockudo.Server.Webhooks;

/// <summary>Jobs that were given up and are kept for people. Safe from any thread, and from another process than the server's.</summary>
public interface IDeadLetters : IAsyncDisposable
{
    /// <summary>The latest, the oldest of them first.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<DeadLetter>> ListAsync(int max, CancellationToken cancellationToken);

    /// <summary>Puts jobs back into the queue, as new ones with the same body; returns how many.</summary>
    /// <param name="jobId">Which; null = all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<int> RetryAsync(string? jobId, CancellationToken cancellationToken);

    /// <summary>Forgets jobs; returns how many.</summary>
    /// <param name="jobId">Which; null = all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<int> DropAsync(string? jobId, CancellationToken cancellationToken);
}
