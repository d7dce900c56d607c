using System.Globalization;
using System.Security.Cryptography;

namespace Sockudo.Protocol.Signatures;

/// <summary>Verifies the signature of an HTTP API request (section 14.1).</summary>
public static class RequestSignature
{
    /// <summary>A timestamp this far from the server's clock is too old or too new, in seconds .</summary>
    public const int MaxTimestampAge = 600;

    private static readonly string[] OnlyOnce = ["auth_key", "auth_timestamp", "auth_version", "auth_signature", "body_md5"];

    // A-2, the usual reading first.
    private static readonly Func<ReadOnlyMemory<char>, ReadOnlyMemory<char>>[] Readings =
        [RequestQuery.FormDecode, RequestQuery.PercentDecode, static raw => raw];

#pragma warning disable CA5351 // MD5 is what the protocol uses here; the HMAC is what protects the request.
    private static readonly ReusableHash BodyHash = new(static () => IncrementalHash.CreateHash(HashAlgorithmName.MD5));
#pragma warning restore CA5351

    /// <summary>
    /// Makes the checks of A-12 in their order, except that the caller has found the app by the path, and up to the body, which nobody needs to take from strangers. Null if the
    /// head of the request is genuine, else the text for the 401, which shows the string to sign but never the expected digest.
    /// </summary>
    /// <param name="method">Upper-case method.</param>
    /// <param name="path">Raw path as in the request line, without query.</param>
    /// <param name="prefix">Configured path prefix, which a proxy may have added or removed; empty for none.</param>
    /// <param name="query">The raw query.</param>
    /// <param name="key">Key of the app in the path .</param>
    /// <param name="signingKey">Made of its secret.</param>
    /// <param name="now">The server's time.</param>
    public static string? Check(
        string method, string path, string prefix, RequestQuery query, string key, SigningKey signingKey, DateTimeOffset now)
    {
        if (FindRepeated(query) is { } repeated)
            return $"Repeated parameter: {repeated}";
        if (query.ValueOf("auth_key") is not { Length: > 0 } givenKey)
            return "Missing parameter: auth_key";
        if (!givenKey.SequenceEqual(key))
            return "Unknown auth_key";
        if (query.ValueOf("auth_version") is not { Length: > 0 } version)
            return "Version required";
        if (version is not "1.0")
            return "Version not supported";
        if (query.ValueOf("auth_timestamp") is not { Length: > 0 } timestamp)
            return "Timestamp required";
        if (CheckTimestamp(timestamp, now) is { } expired)
            return expired;
        if (IsSigned(method, path, prefix, query, signingKey))
            return null;
        var expected = StringToSign.Create(method, path, query, Readings[0]).Replace("\n", "\\n", StringComparison.Ordinal);
        var given = PusherError.Shorten(query.Find("auth_signature") ?? "");
        return $"Invalid signature: you should have sent HmacSHA256Hex(\"{expected}\", your_secret_key), but you sent \"{given}\"";
    }

    /// <summary>A-11: the last check, over the bytes as received; the MD5 may be present without a body. Null if the body is the one that was signed.</summary>
    public static string? CheckBody(RequestQuery query, ReadOnlySpan<byte> body)
    {
        var md5 = query.ValueOf("body_md5");
        if (md5.IsEmpty)
            return body.IsEmpty ? null : "Invalid body_md5: it must be present when there is a body";
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        BodyHash.Compute(body, hash);
        return HexDigest.Matches(hash, md5) ? null : "Invalid body_md5: it is not the MD5 of the body that was received";
    }

    // the usual reading first, the others only if it does not fit.
    private static bool IsSigned(string method, string path, string prefix, RequestQuery query, SigningKey key)
    {
        var signature = query.ValueOf("auth_signature");
        if (signature.Length != SigningKey.SignatureLength)
            return false;
        var usual = StringToSign.Create(method, path, query, Readings[0]);
        if (key.Verify(usual, signature))
            return true;

        var tried = new HashSet<string>(StringComparer.Ordinal) { usual };
        foreach (var decode in Readings)
        {
            foreach (var candidate in Paths(path, prefix))
            {
                var text = StringToSign.Create(method, candidate, query, decode);
                if (tried.Add(text) && key.Verify(text, signature))
                    return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Paths(string path, string prefix) => prefix.Length == 0
        ? Spellings(path)
        : Spellings(path).Concat(Spellings(path).Select(spelling => spelling.StartsWith(prefix, StringComparison.Ordinal) ? spelling[prefix.Length..] : prefix + spelling));

    // "as sent", or "percent-decoded". Most are good as sent, so nothing is decoded before that is known.
    private static IEnumerable<string> Spellings(string path)
    {
        yield return path;
        var decoded = RequestQuery.PercentDecode(path.AsMemory()).ToString();
        // The signature of a%2Fb, sent as a%252Fb, would be good for another user: what can be decoded once more is not offered.
        if (RequestQuery.PercentDecode(decoded.AsMemory()).Span.SequenceEqual(decoded))
            yield return decoded;
    }

    private static string? CheckTimestamp(ReadOnlySpan<char> timestamp, DateTimeOffset now)
    {
        // "Non-numeric counts as 0."
        _ = long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds);
        seconds = Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) < MaxTimestampAge)
            return null;
        return $"Timestamp expired: Given timestamp ({Iso(DateTimeOffset.FromUnixTimeSeconds(seconds))}) not within {MaxTimestampAge}s of server time ({Iso(now)})";
    }

    private static string? FindRepeated(RequestQuery query)
    {
        Span<int> counts = stackalloc int[OnlyOnce.Length];
        foreach (ref readonly var parameter in query.Parameters)
        {
            var name = parameter.Name.Span;
            for (var i = 0; i < OnlyOnce.Length; i++)
            {
                if (name.SequenceEqual(OnlyOnce[i]))
                    counts[i]++;
            }
        }

        var repeated = counts.IndexOfAnyExceptInRange(0, 1);
        return repeated < 0 ? null : OnlyOnce[repeated];
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
