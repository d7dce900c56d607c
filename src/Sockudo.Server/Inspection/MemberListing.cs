using Sockudo.Protocol.Messages;

namespace Sockudo.Server.Inspection;

/// <summary>A user of a presence channel.</summary>
/// <param name="User">Who.</param>
/// <param name="Connections">His connections in the channel on this node.</param>
/// <param name="OtherNodes">Other nodes on which he has some.</param>
internal readonly record struct MemberListing(PresenceMember User, int Connections, int OtherNodes);
