using System.Buffers;

namespace Sockudo.Protocol.Channels;

/// <summary>Channel names: what is allowed in them, and what their prefix means (protocol section 4).</summary>
public static class ChannelName
{
    /// <summary>Prefix of the channel of one signed-in user; the rest of the name is the user id (N-7).</summary>
    public const string UserPrefix = "#server-to-user-";

    /// <summary>Longest user id of a sign-in, in characters (U-2).</summary>
    public const int MaxUserIdLength = 200;

    // N-1: "A-Z a-z 0-9 _ - = @ , . ; and nothing else". N-5: a colon would make "sid:channel:channel_data" ambiguous.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;");

    /// <summary>
    /// The kind of a channel by an anchored, case-sensitive prefix test, longest prefix first (N-4).
    /// The name need not be valid.
    /// </summary>
    public static ChannelKind KindOf(ReadOnlySpan<char> name)
    {
        if (name.StartsWith("presence-"))
            return CacheOr(name["presence-".Length..], ChannelKind.Presence);
        if (name.StartsWith("private-encrypted-"))
            return CacheOr(name["private-encrypted-".Length..], ChannelKind.Private | ChannelKind.Encrypted);
        if (name.StartsWith("private-"))
            return CacheOr(name["private-".Length..], ChannelKind.Private);
        if (name.StartsWith(UserPrefix))
            return ChannelKind.User;
        return CacheOr(name, ChannelKind.Public);
    }

    /// <summary>
    /// Whether a client or publisher may use this name: N-1 and N-2 for ordinary channels, U-2 for the user id of a
    /// <c>#server-to-user-</c> channel (N-7), which has no other length limit.
    /// </summary>
    /// <param name="name">The name, prefix included.</param>
    /// <param name="maxLength">Most characters of an ordinary name.</param>
    public static bool IsValid(ReadOnlySpan<char> name, int maxLength) =>
        name.StartsWith(UserPrefix)
            ? IsValidUserId(name[UserPrefix.Length..])
            : name.Length > 0 && name.Length <= maxLength && !name.ContainsAnyExcept(Allowed);

    /// <summary>U-2: 1 to 200 characters (code points), no control characters.</summary>
    public static bool IsValidUserId(ReadOnlySpan<char> id)
    {
        var characters = 0;
        foreach (var rune in id.EnumerateRunes())
        {
            if (System.Text.Rune.IsControl(rune))
                return false;
            characters++;
        }

        return characters is > 0 and <= MaxUserIdLength;
    }

    private static ChannelKind CacheOr(ReadOnlySpan<char> rest, ChannelKind kind) =>
        rest.StartsWith("cache-") ? kind | ChannelKind.Cache : kind;
}
