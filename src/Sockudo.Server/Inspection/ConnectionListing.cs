using Sockudo.Server.Sessions;

namespace Sockudo.Server.Inspection;

/// <summary>A connection of this node.</summary>
/// <param name="SocketId">Its id.</param>
/// <param name="Number">Milliseconds of the server's clock at which it was accepted, the first part of the order of the list.</param>
/// <param name="Since">When it was accepted.</param>
/// <param name="Client">Where it comes from; null if that was not kept.</param>
/// <param name="UserId">Who has signed in; null if nobody.</param>
/// <param name="Channels">Channels that it is subscribed to.</param>
/// <param name="PendingBytes">Bytes queued for it.</param>
/// <param name="IsAuthorized">It has authorised, or need not (U-18).</param>
internal sealed record ConnectionListing(
    string SocketId, long Number, DateTimeOffset Since, RemoteClient? Client, string? UserId, int Channels, int PendingBytes, bool IsAuthorized);
