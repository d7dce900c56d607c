namespace Sockudo.Server.Sockets;

/// <summary>Something whose descriptor a <see cref="Poller"/> watches.</summary>
internal interface IPollable
{
    /// <summary>
    /// The descriptor may be ready. Only a hint: the event can be late and mean an earlier descriptor of the same number, so
    /// whoever is told tries, and "would block" is no error. On the poller's thread; must not block.
    /// </summary>
    void OnReady();

    /// <summary>
    /// <see cref="OnReady"/> has thrown: a bug. Whoever would be told again and again must see to it that he is not. On the poller's thread; must not throw.
    /// </summary>
    void GiveUp();
}
