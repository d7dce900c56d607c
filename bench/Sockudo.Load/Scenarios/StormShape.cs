namespace Sockudo.Load.Scenarios;

/// <summary>Who comes back to where.</summary>
/// <param name="Connections">All clients; a multiple of <paramref name="Members"/>.</param>
/// <param name="Members">Members of each presence channel.</param>
/// <param name="Handshakes">Connections that may wait for the server's greeting at once.</param>
internal sealed record StormShape(int Connections, int Members, int Handshakes)
{
    /// <summary>Channel of the connection with this number.</summary>
    public string Channel(int connection) => $"presence-storm-{connection / Members}";
}
