using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sockudo.Protocol.Signatures;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// The string to sign is what A-1 to A-7 say, in each of its readings; a request signed over any of them is genuine, and is not any more with another path, body or signature. The official
/// Node library is asked by <c>test/automated/suites/signature.test.js</c>.
/// </summary>
internal static class SignatureTarget
{
    private const string Key = "key";
    private const string Secret = "secret";

    private static readonly SigningKey Signing = new(Secret);
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);
    private static readonly string[] OnlyOnce = ["auth_key", "auth_timestamp", "auth_version", "auth_signature", "body_md5"];

    /// <summary>Path and query on the first line, the body behind it.</summary>
    public static void Check(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        var target = input.AsSpan(0, end < 0 ? input.Length : end);
        if (!Ascii.IsValid(target))
            return;
        var body = input.AsSpan(end < 0 ? input.Length : end + 1);
        var text = Encoding.ASCII.GetString(target);
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? text : text[..question];
        CheckReadings(path, question < 0 ? "" : text[(question + 1)..]);
        CheckRequest(path, question < 0 ? "" : text[(question + 1)..], body);
    }

    private static void CheckReadings(string path, string query)
    {
        var parsed = RequestQuery.Parse(query.AsMemory());
        if (Expected(path, query, static raw => raw) is { } asSent)
            Finding.UnlessSame(asSent, StringToSign.Create("POST", path, parsed, static raw => raw), "string to sign, as sent");
        if (Expected(path, query, static raw => ReferenceQuery.Decode(raw, isForm: true)) is { } form)
            Finding.UnlessSame(form, StringToSign.Create("POST", path, parsed, RequestQuery.FormDecode), "string to sign, form-decoded");
        if (Expected(path, query, static raw => ReferenceQuery.Decode(raw, isForm: false)) is { } percent)
            Finding.UnlessSame(percent, StringToSign.Create("POST", path, parsed, RequestQuery.PercentDecode), "string to sign, percent-decoded");
    }

    // Null if a name or value is not UTF-8.
    private static string? Expected(string path, string query, Func<string, string?> decode)
    {
        var pairs = ReferenceQuery.Pairs(query).Select(pair => (Name: ReferenceQuery.ToLower(decode(pair.Name)), Value: decode(pair.Value), IsArray: IsArray(WithBrackets(pair.Name)))).ToList();
        if (pairs.Exists(static pair => pair.Name is null || pair.Value is null))
            return null;
        var signed = pairs
            .Where(static pair => pair.Name != "auth_signature")
            .Select(static (pair, position) => (Key: IsArray(pair.Name!) ? pair.Name![..^2] : pair.Name!, pair.Name, pair.Value, pair.IsArray, position))
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal).ThenBy(static pair => pair.position)
            .ToList();
        var last = signed.Where(pair => pair.IsArray || !signed.Exists(other => other.Name == pair.Name && other.position > pair.position));
        return $"POST\n{path}\n{string.Join('&', last.Select(static pair => $"{pair.Name}={pair.Value}"))}";
    }

    private static string WithBrackets(string rawName) =>
        rawName.Replace("%5B", "[", StringComparison.OrdinalIgnoreCase).Replace("%5D", "]", StringComparison.OrdinalIgnoreCase);

    private static bool IsArray(string name) => name.EndsWith("[]", StringComparison.Ordinal);

    private static void CheckRequest(string path, string own, ReadOnlySpan<byte> body)
    {
        var query = $"{own}&auth_key={Key}&auth_timestamp={Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}&auth_version=1.0";
        if (!body.IsEmpty)
            query += $"&body_md5={Md5(body)}";
        var isReserved = ReferenceQuery.Pairs(own).Exists(static pair =>
            OnlyOnce.Contains(ReferenceQuery.ToLower(RequestQuery.FormDecode(pair.Name.AsMemory()).ToString())));
        foreach (var decode in new Func<string, string?>[] { static raw => ReferenceQuery.Decode(raw, isForm: true), static raw => ReferenceQuery.Decode(raw, isForm: false), static raw => raw })
        {
            if (Expected(path, query, decode) is not { } message)
                continue;
            var signature = Signature.Compute(Secret, Encoding.UTF8.GetBytes(message));
            Finding.UnlessSame(isReserved, Refuses(path, $"{query}&auth_signature={signature}", body), $"a request signed over {message} is refused");
            Finding.Unless(Refuses(path + "x", $"{query}&auth_signature={signature}", body), "a request to another path is accepted");
            Finding.Unless(Refuses(path, $"{query}&auth_signature={signature}", [.. body, 0]), "a request with another body is accepted");
            Finding.Unless(Refuses(path, $"{query}&auth_signature={Forged(signature)}", body), "a forged request is accepted");
        }
    }

    private static bool Refuses(string path, string text, ReadOnlySpan<byte> body)
    {
        var query = RequestQuery.Parse(text.AsMemory());
        return (RequestSignature.Check("POST", path, "", query, Key, Signing, Now) ?? RequestSignature.CheckBody(query, body)) is not null;
    }

    private static string Forged(string signature) => signature[..^1] + (signature[^1] == '0' ? '1' : '0');

#pragma warning disable CA5351 // The protocol's.
    private static string Md5(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(MD5.HashData(body));
#pragma warning restore CA5351
}
