using System.Net;

namespace Sockudo.Server.Sessions;

/// <summary>Where a connection comes from. Kept only where somebody may ask for it: a server has many connections.</summary>
/// <param name="Address">Address of the client, past the trusted proxies; null on a Unix socket.</param>
/// <param name="Origin">The <c>Origin</c> header as sent; null if there was none.</param>
internal sealed record RemoteClient(IPAddress? Address, string? Origin);
