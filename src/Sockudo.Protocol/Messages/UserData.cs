using System.Text;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>Who signed in: the <c>user_data</c> of a sign-in (section 10.1).</summary>
/// <param name="Id">1 to 200 characters (U-2).</param>
/// <param name="Info">The <c>user_info</c> object as JSON text without white space; null if there is none.</param>
/// <param name="Watchlist">Distinct ids of the users to report on, at most <see cref="MaxWatchlist"/>.</param>
/// <param name="WatchlistWasCut">There were more (WL-4).</param>
public sealed record UserData(string Id, byte[]? Info, IReadOnlyList<string> Watchlist, bool WatchlistWasCut)
{
    /// <summary>Most users one connection can watch (WL-4).</summary>
    public const int MaxWatchlist = 100;

    /// <summary>Reads the signed text; null with an error for the client if it is not acceptable (U-2, WL-5).</summary>
    public static UserData? Parse(string userData, out PusherError? error)
    {
        JsonValue id = default, info = default, watchlist = default;
        var members = new JsonMembers(Encoding.UTF8.GetBytes(userData));
        while (members.Read())
        {
            if (members.NameIs("id"u8))
                id = members.Value;
            else if (members.NameIs("user_info"u8))
                info = members.Value;
            else if (members.NameIs("watchlist"u8))
                watchlist = members.Value;
        }

        error = null;
        if (!members.IsWellFormed)
            error = new PusherError(null, "Invalid user_data: it must be a JSON object with an id");
        else if (!id.TryGetString(out var idText) || !ChannelName.IsValidUserId(idText))
            error = new PusherError(null, "Invalid user_data: id must be a string of 1 to 200 characters without control characters");
        else if (!PresenceMember.TryReadInfo(info, out var infoJson))
            error = new PusherError(null, "Invalid user_data: user_info must be an object");
        else if (!watchlist.IsAbsent && !watchlist.IsArray)
            error = new PusherError(null, "Invalid user_data: watchlist must be an array of user ids");
        else
            return new UserData(idText, infoJson, ReadWatchlist(watchlist, out var wasCut), wasCut);
        return null;
    }

    // WL-4: the first 100 are used. WL-5: items that are not strings are ignored.
    private static List<string> ReadWatchlist(JsonValue watchlist, out bool wasCut)
    {
        wasCut = false;
        var ids = new List<string>();
        if (!watchlist.IsArray)
            return ids;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var items = new JsonItems(watchlist.Raw);
        while (items.Read())
        {
            if (!items.Value.TryGetString(out var id) || !seen.Add(id))
                continue;
            if (ids.Count == MaxWatchlist)
            {
                wasCut = true;
                break;
            }

            ids.Add(id);
        }

        return ids;
    }
}
