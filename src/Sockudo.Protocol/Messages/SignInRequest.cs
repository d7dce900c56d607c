using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>Data of <c>pusher:signin</c> (section 10.1).</summary>
/// <param name="Auth"><c>key:signature</c>; null if missing or no string.</param>
/// <param name="UserData">The signed JSON text, exactly as received; null if missing or no string.</param>
public sealed record SignInRequest(string? Auth, string? UserData)
{
    /// <summary>Reads the data; null if it is no object (F-5).</summary>
    public static SignInRequest? Parse(JsonValue data)
    {
        JsonValue auth = default, userData = default;
        var members = new JsonMembers(DataObject.JsonOf(data));
        while (members.Read())
        {
            if (members.NameIs("auth"u8))
                auth = members.Value;
            else if (members.NameIs("user_data"u8))
                userData = members.Value;
        }

        if (!members.IsWellFormed)
            return null;
        auth.TryGetString(out var authText);
        userData.TryGetString(out var userDataText);
        return new SignInRequest(authText, userDataText);
    }
}
