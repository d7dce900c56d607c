namespace Sockudo.Server.Connections;

/// <summary>
/// The sending side of a connection's transport. Used by the connection's write loop only, one call at a time, except
/// <see cref="Abort"/>, which may come from anywhere.
/// </summary>
internal abstract class ConnectionOutput
{
    /// <summary>
    /// Sends what the transport takes at once: the number of bytes taken, 0 if it is full, -1 if it is broken. Never waits.
    /// </summary>
    public abstract int TrySend(ReadOnlySpan<byte> data);

    /// <summary>
    /// For a transport that is full: waits until it takes something again. Returns the bytes of <paramref name="data"/> that
    /// were sent meanwhile (0 = try again), -1 if it is broken. Never throws.
    /// </summary>
    public abstract ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data);

    /// <summary>Cuts the connection off without a closing handshake. May be called more than once.</summary>
    public abstract void Abort();
}
