namespace Sockudo.Chaos.Nodes;

/// <summary>The one real broker of the cluster.</summary>
internal interface IBroker : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    int Port { get; }

    /// <summary>Values of <c>--set</c> for a node that reaches it at this port.</summary>
    string[] OptionsFor(int port);

    /// <summary>kill -9.</summary>
    Task KillAsync();

    /// <summary>Starts it again at the same place.</summary>
    Task StartAgainAsync();

    /// <summary>SIGSTOP.</summary>
    void Suspend();

    /// <summary>SIGCONT.</summary>
    void Resume();
}
