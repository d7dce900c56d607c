namespace Sockudo.Server.Backends;

/// <summary>A part of the server that keeps what it has outside of this process. Disposing of it ends its connections.</summary>
public interface IBackend : IAsyncDisposable
{
    /// <summary>Whether it can be used.</summary>
    BackendState State { get; }

    /// <summary>Connects and makes ready, in one attempt, before the listeners open; may be called again after it has failed.</summary>
    /// <exception cref="BackendException">It cannot be used.</exception>
    Task StartAsync(CancellationToken cancellationToken);
}
