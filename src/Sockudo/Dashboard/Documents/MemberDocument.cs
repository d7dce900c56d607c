namespace Sockudo.Dashboard.Documents;

/// <summary>A user of a presence channel.</summary>
/// <param name="UserId">Who.</param>
/// <param name="UserInfo">His <c>user_info</c> as JSON text; null if he has none, or it may not be shown.</param>
/// <param name="ConnectionsHere">His connections in the channel on this node.</param>
/// <param name="OtherNodes">Other nodes on which he has some.</param>
internal sealed record MemberDocument(string UserId, string? UserInfo, int ConnectionsHere, int OtherNodes);
