using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Protocol.WebSockets;

/// <summary>
/// A WebSocket opening handshake as a client sends it (RFC 6455 section 4.2.1), read from the head of an HTTP/1.1
/// request. Only clean and valid upgrades are recognised: whatever is missing, doubled or unusual is left to a full HTTP
/// implementation, which knows how to answer it.
/// </summary>
/// <param name="Target">The request target as sent: path and query.</param>
/// <param name="Key">Value of <c>Sec-WebSocket-Key</c>.</param>
/// <param name="Protocols">Offered sub-protocols, comma-separated; null if none.</param>
/// <param name="Origin">The <c>Origin</c> header; null if absent.</param>
/// <param name="ForwardedFor">All <c>X-Forwarded-For</c> values joined by commas; null if absent.</param>
/// <param name="RealIp">The <c>X-Real-IP</c> header; null if absent.</param>
/// <param name="ForwardedProto">The <c>X-Forwarded-Proto</c> header; null if absent.</param>
public sealed record UpgradeRequest(
    string Target,
    string Key,
    string? Protocols,
    string? Origin,
    string? ForwardedFor,
    string? RealIp,
    string? ForwardedProto)
{
    /// <summary>C-2b: the one sub-protocol that this server knows.</summary>
    public const string PusherProtocol = "pusher-channels-protocol-7";

    /// <summary>Longest request head that is looked at.</summary>
    public const int MaxHeadLength = 16 * 1024;

    // RFC 6455 section 1.3.
    private static ReadOnlySpan<byte> AcceptGuid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>C-2b: whether the client offers the Pusher sub-protocol, so that it must be selected.</summary>
    public bool OffersPusherProtocol => HasToken(Protocols, PusherProtocol, StringComparison.Ordinal);

    /// <summary>Reads the head; null if it is not an upgrade that can be accepted as it stands.</summary>
    /// <param name="head">From the request line to the empty line, which is included.</param>
    public static UpgradeRequest? TryParse(ReadOnlySpan<byte> head)
    {
        var text = Encoding.Latin1.GetString(head);
        var lines = text.AsSpan();
        if (!TryTakeLine(ref lines, out var requestLine) || !TryReadTarget(requestLine, out var target))
            return null;

        var headers = new Headers();
        while (TryTakeLine(ref lines, out var line))
        {
            if (line.IsEmpty)
                return lines.IsEmpty ? headers.ToRequest(target.ToString()) : null;
            if (!headers.TryAdd(line))
                return null;
        }

        return null;
    }

    /// <summary>Value of <c>Sec-WebSocket-Accept</c> for a key (RFC 6455 section 4.2.2).</summary>
    public static string AcceptFor(string key)
    {
        Span<byte> input = stackalloc byte[24 + 36];
        Encoding.ASCII.GetBytes(key, input);
        AcceptGuid.CopyTo(input[24..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is what the handshake is defined with; it protects nothing.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>Section 4.2.1: "a base64-encoded value that, when decoded, is 16 bytes in length".</summary>
    public static bool IsValidKey(string? key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key?.Length == 24 && Convert.TryFromBase64String(key, nonce, out var written) && written == 16;
    }

    /// <summary>Whether a comma-separated header value has this token.</summary>
    public static bool HasToken(string? list, string token, StringComparison comparison)
    {
        foreach (var range in list.AsSpan().Split(','))
        {
            if (list.AsSpan()[range].Trim().Equals(token, comparison))
                return true;
        }

        return false;
    }

    private static bool TryTakeLine(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> line)
    {
        var end = text.IndexOf("\r\n");
        line = end < 0 ? default : text[..end];
        text = end < 0 ? default : text[(end + 2)..];
        return end >= 0 && !line.ContainsAny('\r', '\n', '\0');
    }

    private static bool TryReadTarget(ReadOnlySpan<char> line, out ReadOnlySpan<char> target)
    {
        target = default;
        if (!line.StartsWith("GET /") || !line.EndsWith(" HTTP/1.1"))
            return false;
        target = line["GET ".Length..^" HTTP/1.1".Length];
        // Visible ASCII only; everything else in a target is for the HTTP layer to refuse.
        return !target.ContainsAnyExceptInRange('!', '~') && !target.Contains('#');
    }

    private struct Headers
    {
        private static readonly SearchValues<char> Token = SearchValues.Create(
            "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

        private string? _host, _upgrade, _connection, _key, _version, _protocols, _origin, _forwardedFor, _realIp, _forwardedProto;

        public bool TryAdd(ReadOnlySpan<char> line)
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(Token))
                return false;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t").ToString();
            return name switch
            {
                _ when Is(name, "Host") => SetOnce(ref _host, value),
                _ when Is(name, "Upgrade") => Join(ref _upgrade, value),
                _ when Is(name, "Connection") => Join(ref _connection, value),
                _ when Is(name, "Sec-WebSocket-Key") => SetOnce(ref _key, value),
                _ when Is(name, "Sec-WebSocket-Version") => SetOnce(ref _version, value),
                _ when Is(name, "Sec-WebSocket-Protocol") => Join(ref _protocols, value),
                _ when Is(name, "Origin") => SetOnce(ref _origin, value),
                _ when Is(name, "X-Forwarded-For") => Join(ref _forwardedFor, value),
                _ when Is(name, "X-Real-IP") => SetOnce(ref _realIp, value),
                _ when Is(name, "X-Forwarded-Proto") => Join(ref _forwardedProto, value),
                // A body has no place in an upgrade.
                _ when Is(name, "Content-Length") => value == "0",
                _ when Is(name, "Transfer-Encoding") => false,
                _ => true,
            };
        }

        public readonly UpgradeRequest? ToRequest(string target)
        {
            if (string.IsNullOrEmpty(_host) || _version != "13" || !IsValidKey(_key))
                return null;
            if (!HasToken(_upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
                || !HasToken(_connection, "upgrade", StringComparison.OrdinalIgnoreCase))
                return null;
            return new UpgradeRequest(target, _key!, _protocols, _origin, _forwardedFor, _realIp, _forwardedProto);
        }

        private static bool Is(ReadOnlySpan<char> name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

        private static bool SetOnce(ref string? field, string value)
        {
            var first = field is null;
            field = value;
            return first;
        }

        private static bool Join(ref string? field, string value)
        {
            field = field is null ? value : $"{field}, {value}";
            return true;
        }
    }
}
