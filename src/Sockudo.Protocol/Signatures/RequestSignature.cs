using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>Verifies the signature of an HTTP API request (section 14.1).</summary>
public static class RequestSignature
{
    /// <summary>A timestamp this far from the server's clock is too old or too new, in seconds (A-10).</summary>
    public const int MaxTimestampAge = 600;

    private static readonly string[] OnlyOnce = ["auth_key", "auth_timestamp", "auth_version", "auth_signature", "body_md5"];

    /// <summary>
    /// Makes the checks of A-12 in their order, except that the caller has found the app by the path. Null if the request is
    /// genuine, else the text for the 401 (A-14), which shows the string to sign but never the expected digest.
    /// </summary>
    /// <param name="method">Upper-case method.</param>
    /// <param name="path">Raw path as in the request line, without query.</param>
    /// <param name="prefix">Configured path prefix, which a proxy may have added or removed (A-3); empty for none.</param>
    /// <param name="query">The raw query.</param>
    /// <param name="body">The body as received.</param>
    /// <param name="key">Key of the app in the path (A-13).</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="now">The server's time.</param>
    public static string? Check(
        string method, string path, string prefix, RequestQuery query, ReadOnlySpan<byte> body, string key, string secret, DateTimeOffset now)
    {
        if (FindRepeated(query) is { } repeated)
            return $"Repeated parameter: {repeated}"; // A-7
        if (query.Find("auth_key") is not { Length: > 0 } givenKey)
            return "Missing parameter: auth_key";
        if (givenKey != key)
            return "Unknown auth_key";
        if (query.Find("auth_version") is not { Length: > 0 } version)
            return "Version required";
        if (version != "1.0")
            return "Version not supported";
        if (query.Find("auth_timestamp") is not { Length: > 0 } timestamp)
            return "Timestamp required";
        if (CheckTimestamp(timestamp, now) is { } expired)
            return expired;
        if (!IsSigned(method, path, prefix, query, secret))
        {
            var expected = StringToSign(method, path, query, RequestQuery.FormDecode).Replace("\n", "\\n", StringComparison.Ordinal);
            var given = PusherError.Shorten(query.Find("auth_signature") ?? "");
            return $"Invalid signature: you should have sent HmacSHA256Hex(\"{expected}\", your_secret_key), but you sent \"{given}\"";
        }

        return CheckBody(query.Find("body_md5"), body);
    }

    /// <summary>A-1: method, path and sorted parameters without <c>auth_signature</c>, separated by line feeds.</summary>
    internal static string StringToSign(string method, string path, RequestQuery query, Func<string, string> decode)
    {
        var parameters = new List<(string SortKey, string Name, string Value)>();
        foreach (var (rawName, rawValue) in query.Pairs)
        {
            var name = decode(rawName).ToLowerInvariant();
            if (name == "auth_signature")
                continue;
            var isArray = name.EndsWith("[]", StringComparison.Ordinal);
            // A-7: of a repeated scalar the last one counts. A-4: arrays keep all, at the place of their name.
            if (!isArray)
                parameters.RemoveAll(parameter => parameter.Name == name);
            parameters.Add((isArray ? name[..^2] : name, name, decode(rawValue)));
        }

        var sorted = parameters.OrderBy(static parameter => parameter.SortKey, StringComparer.Ordinal);
        return $"{method}\n{path}\n{string.Join('&', sorted.Select(static parameter => $"{parameter.Name}={parameter.Value}"))}";
    }

    // A-2 and A-3: the usual reading first, the others only if it does not fit.
    private static bool IsSigned(string method, string path, string prefix, RequestQuery query, string secret)
    {
        var signature = query.Find("auth_signature") ?? "";
        if (signature.Length != 2 * HMACSHA256.HashSizeInBytes)
            return false;
        Func<string, string>[] decodings = [RequestQuery.FormDecode, RequestQuery.PercentDecode, static raw => raw];
        var tried = new HashSet<string>(StringComparer.Ordinal);
        foreach (var decode in decodings)
        {
            foreach (var candidate in Paths(path, prefix))
            {
                var text = StringToSign(method, candidate, query, decode);
                if (tried.Add(text) && Signature.Verify(secret, text, signature))
                    return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Paths(string path, string prefix)
    {
        var decoded = RequestQuery.PercentDecode(path);
        yield return path;
        yield return decoded;
        if (prefix.Length == 0)
            yield break;
        foreach (var candidate in new[] { path, decoded })
        {
            yield return candidate.StartsWith(prefix, StringComparison.Ordinal) ? candidate[prefix.Length..] : prefix + candidate;
        }
    }

    private static string? CheckTimestamp(string timestamp, DateTimeOffset now)
    {
        // A-10: "Non-numeric counts as 0."
        _ = long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds);
        seconds = Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) < MaxTimestampAge)
            return null;
        return $"Timestamp expired: Given timestamp ({Iso(DateTimeOffset.FromUnixTimeSeconds(seconds))}) not within {MaxTimestampAge}s of server time ({Iso(now)})";
    }

    // A-11: over the bytes as received; may be present without a body.
    private static string? CheckBody(string? md5, ReadOnlySpan<byte> body)
    {
        if (string.IsNullOrEmpty(md5))
            return body.IsEmpty ? null : "Invalid body_md5: it must be present when there is a body";
#pragma warning disable CA5351 // MD5 is what the protocol uses here; the HMAC is what protects the request.
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(body, hash);
#pragma warning restore CA5351
        Span<byte> expected = stackalloc byte[2 * MD5.HashSizeInBytes];
        Convert.TryToHexStringLower(hash, expected, out _);
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(md5))
            ? null
            : "Invalid body_md5: it is not the MD5 of the body that was received";
    }

    private static string? FindRepeated(RequestQuery query) => OnlyOnce.FirstOrDefault(name => query.FindAll(name).Count > 1);

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
