namespace Sockudo.Server.Webhooks;

/// <summary>
/// Where webhook jobs wait (storage.md 5.1). At least once: a leased job that is neither completed nor postponed comes back. Safe from any thread. One whose backend cannot
/// be used throws <see cref="Backends.BackendException"/>.
/// </summary>
public interface IWebhookQueue
{
    /// <summary>Adds jobs in their order; they are as safe as they can be when this has completed.</summary>
    ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken);

    /// <summary>Waits until there are jobs and takes some, in their order.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="busyTargets">Targets that can take no more just now, as <see cref="WebhookIds.TargetOf"/> names them: their jobs stay.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>One or more, or none if it is worth asking again with other targets.</returns>
    ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken);

    /// <summary>Targets can be left out of a lease. If not, more jobs of one target are held here, so that others are reached behind them.</summary>
    bool CanSkipTargets => true;

    /// <summary>Waits until the jobs of the same lane that were enqueued before are finished, which other nodes may have. Jobs that this node has leased are sent in their order anyway.</summary>
    ValueTask EnterLaneAsync(LeasedJob job, CancellationToken cancellationToken) => default;

    /// <summary>The job is done.</summary>
    ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken);

    /// <summary>The job is to be tried again.</summary>
    /// <param name="job">The job.</param>
    /// <param name="delay">After this time.</param>
    /// <param name="attempts">Attempts that were made so far.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken);

    /// <summary>The job is given up; it is kept for people to look at, as far as there is room.</summary>
    ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>Nobody here goes on with the job, because the queue was away or the server stops: its lease ends, and it comes back. Never waits, never throws.</summary>
    void Abandon(LeasedJob job);

    /// <summary>How much waits.</summary>
    ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken);
}
