namespace Sockudo.Protocol.Signatures;

/// <summary>
/// The <c>auth</c> of a subscription or sign-in: <c>key:signature</c>, split at the first colon (S-8, U-1).
/// </summary>
public static class SocketAuth
{
    /// <summary>S-9: <c>sid:channel</c>, or <c>sid:channel:channel_data</c> with the exact characters received.</summary>
    public static string ChannelString(string socketId, string channel, string? channelData) =>
        channelData is null ? $"{socketId}:{channel}" : $"{socketId}:{channel}:{channelData}";

    /// <summary>U-1: <c>sid::user::user_data</c> with the exact characters received.</summary>
    public static string UserString(string socketId, string userData) => $"{socketId}::user::{userData}";

    /// <summary>
    /// Checks an <c>auth</c> value. Null if it is right, otherwise the error of S-10, which shows the string to sign but
    /// never the expected digest.
    /// </summary>
    /// <param name="auth">As received; null if it was missing or no string.</param>
    /// <param name="key">The app's key.</param>
    /// <param name="signingKey">Made of the app's secret.</param>
    /// <param name="stringToSign">What the client's server should have signed.</param>
    /// <param name="alternative">A second form that is accepted as well (S-9: empty <c>channel_data</c>).</param>
    public static PusherError? Check(string? auth, string key, SigningKey signingKey, string stringToSign, string? alternative = null)
    {
        var colon = auth?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (auth is null || colon < 0)
            return new PusherError(null, "Invalid format: auth must have the format key:signature");
        if (!auth.AsSpan(0, colon).SequenceEqual(key))
            return new PusherError(null, $"Invalid key in subscription auth data: '{PusherError.Shorten(auth[..colon])}'");

        var signature = auth.AsSpan(colon + 1);
        if (signingKey.Verify(stringToSign, signature) || (alternative is not null && signingKey.Verify(alternative, signature)))
            return null;
        return new PusherError(
            null,
            $"Invalid signature: Expected HMAC SHA256 hex digest of {stringToSign}, but got {PusherError.Shorten(auth[(colon + 1)..])}");
    }
}
