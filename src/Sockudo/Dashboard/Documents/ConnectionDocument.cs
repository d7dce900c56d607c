using Sockudo.Server.Inspection;

namespace Sockudo.Dashboard.Documents;

/// <summary>A connection of this node.</summary>
/// <param name="SocketId">Its id.</param>
/// <param name="Address">Address of the client; null on a Unix socket.</param>
/// <param name="Origin">The origin that it named; null if none.</param>
/// <param name="Since">When it was accepted.</param>
/// <param name="UserId">Who has signed in; null if nobody.</param>
/// <param name="Channels">Number of channels that it is subscribed to.</param>
/// <param name="PendingBytes">Bytes queued for it.</param>
/// <param name="IsAuthorized">False: it must still sign in or subscribe with a signature.</param>
internal sealed record ConnectionDocument(
    string SocketId, string? Address, string? Origin, DateTimeOffset Since, string? UserId, int Channels, int PendingBytes, bool IsAuthorized)
{
    /// <summary>A connection.</summary>
    public static ConnectionDocument Of(ConnectionListing connection)
    {
        var address = connection.Client?.Address;
        return new ConnectionDocument(
            connection.SocketId, (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString(), connection.Client?.Origin,
            connection.Since, connection.UserId, connection.Channels, connection.PendingBytes, connection.IsAuthorized);
    }
}
