using System.Globalization;
using System.Text;
using System.Text.Json;
using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>A user as a presence channel shows him (section 6): read from <c>channel_data</c> or from a sign-in.</summary>
public sealed class PresenceMember
{
    /// <summary>Longest user id, in characters (P-2).</summary>
    public const int MaxIdLength = 128;

    private const decimal MaxNumber = 9007199254740992m; // 2^53

    // More digits than these are rounded: a fraction could become none.
    private const int MaxNumberLength = 28;

    /// <param name="id">Canonical id.</param>
    /// <param name="isNumericId">The id was given as a number.</param>
    /// <param name="info">JSON object without white space; null if the user has none.</param>
    public PresenceMember(string id, bool isNumericId, byte[]? info)
    {
        Id = id;
        IsNumericId = isNumericId;
        Info = info;
    }

    /// <summary>The id in its canonical form, a string: <c>10</c>, <c>1e1</c> and <c>"10"</c> are one user (P-2).</summary>
    public string Id { get; }

    /// <summary>P-14: <c>member_added</c> keeps the type that was used in <c>channel_data</c>.</summary>
    public bool IsNumericId { get; }

    /// <summary>The <c>user_info</c> object as JSON text, as it was given but for white space; null if there is none.</summary>
    public byte[]? Info { get; }

    /// <summary>
    /// Reads <c>channel_data</c> (P-1 to P-3). Null with an error for the client if it is not acceptable; the size of
    /// <see cref="Info"/> is for the caller to judge.
    /// </summary>
    public static PresenceMember? Parse(string channelData, out PusherError? error)
    {
        JsonValue userId = default, userInfo = default;
        var members = new JsonMembers(Encoding.UTF8.GetBytes(channelData));
        while (members.Read())
        {
            if (members.NameIs("user_id"u8))
                userId = members.Value;
            else if (members.NameIs("user_info"u8))
                userInfo = members.Value;
        }

        error = null;
        if (!members.IsWellFormed)
            error = new PusherError(null, "Invalid channel_data: it must be a JSON object with a user_id");
        else if (!TryReadId(userId, out var id))
            error = new PusherError(null, "Invalid channel_data: user_id must be a string of 1 to 128 characters or an integer");
        else if (!TryReadInfo(userInfo, out var info))
            error = new PusherError(null, "user_info supplied to presence subscription is invalid - if supplied it must be a type of hash");
        else
            return new PresenceMember(id, userId.IsNumber, info);
        return null;
    }

    /// <summary>P-3: absent, null or an object.</summary>
    internal static bool TryReadInfo(JsonValue value, out byte[]? info)
    {
        info = value.IsObject ? JsonMinifier.Minify(value.Raw) : null;
        return value.IsAbsent || value.IsObject;
    }

    private static bool TryReadId(JsonValue value, out string id)
    {
        id = "";
        if (value.Type == JsonTokenType.Number)
            return TryReadNumber(value.Raw, out id);
        if (!value.TryGetString(out var text) || text.Length == 0 || CodePoints(text) > MaxIdLength)
            return false;
        id = text;
        return true;
    }

    // "integers without fraction/exponent (10, 1e1, 10.0 all mean "10")", magnitude at most 2^53.
    private static bool TryReadNumber(ReadOnlySpan<byte> text, out string id)
    {
        id = "";
        if (text.Length > MaxNumberLength || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number != decimal.Truncate(number) || Math.Abs(number) > MaxNumber)
            return false;
        var mantissa = text.IndexOfAny((byte)'e', (byte)'E') is var exponent and >= 0 ? text[..exponent] : text;
        if (number == 0 && mantissa.ContainsAnyInRange((byte)'1', (byte)'9'))
            return false; // a fraction too small for the type
        id = ((long)number).ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static int CodePoints(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
