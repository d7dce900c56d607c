using Sockudo.Protocol.WebSockets;

namespace Sockudo.Server.Channels;

/// <summary>One event for one channel, validated and ready to be sent.</summary>
/// <param name="Channel">A valid channel name.</param>
/// <param name="Frame">The event.</param>
/// <param name="ExceptSocketId">The connection that does not get it, or null.</param>
internal readonly record struct Publication(string Channel, Frame Frame, string? ExceptSocketId);
