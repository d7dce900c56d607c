using System.Diagnostics.CodeAnalysis;

namespace Sockudo.Server.Apps;

/// <summary>
/// One entry of <c>allowed_origins</c>, compared with the <c>Origin</c> header without regard to case: <c>*</c> or <c>any</c>, or a host
/// with optional scheme, port and leading <c>*.</c> for its subdomains. A scheme without port means its default port.
/// </summary>
public sealed record OriginPattern
{
    private readonly string? _scheme;
    private readonly string? _host;
    private readonly int? _port;
    private readonly bool _isSubdomains;

    private OriginPattern(string text, string? scheme, string? host, int? port, bool isSubdomains)
    {
        Text = text;
        _scheme = scheme;
        _host = host;
        _port = port;
        _isSubdomains = isSubdomains;
    }

    /// <summary>The entry as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an entry; false if it has a path, a query, or a <c>*</c> anywhere but in front.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OriginPattern? pattern)
    {
        pattern = null;
        if (text == "*" || text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            pattern = new OriginPattern(text, scheme: null, host: null, port: null, isSubdomains: false);
            return true;
        }

        if (!TrySplit(text, out var scheme, out var host, out var port))
            return false;
        var isSubdomains = host.StartsWith("*.", StringComparison.Ordinal);
        if (isSubdomains)
            host = host[2..];
        if (host.Length == 0 || host.Contains('*'))
            return false;
        pattern = new OriginPattern(text, scheme, host, port ?? DefaultPort(scheme), isSubdomains);
        return true;
    }

    /// <summary>Whether a connection with this <c>Origin</c> header is welcome.</summary>
    public bool Matches(string origin)
    {
        if (_host is null)
            return true;
        if (!TrySplit(origin, out var scheme, out var host, out var port) || scheme is null)
            return false;
        if (_scheme is not null && _scheme != scheme)
            return false;
        if (_port is not null && _port != (port ?? DefaultPort(scheme)))
            return false;
        return _isSubdomains ? host.EndsWith("." + _host, StringComparison.Ordinal) && host.Length > _host.Length + 1 : host == _host;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // [scheme://]host[:port], lower-cased; an IPv6 address stands in brackets.
    private static bool TrySplit(string text, out string? scheme, out string host, out int? port)
    {
        scheme = null;
        port = null;
        host = text.ToLowerInvariant();
        if (host.IndexOf("://", StringComparison.Ordinal) is var end and >= 0)
        {
            scheme = host[..end];
            host = host[(end + 3)..];
            if (scheme.Length == 0 || !scheme.All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
                return false;
        }

        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!ushort.TryParse(host.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var number) || number == 0)
                return false;
            port = number;
            host = host[..colon];
        }

        return host.Length > 0 && host.IndexOfAny(['/', '?', '#', '@', ' ', '\\']) < 0;
    }

    private static int? DefaultPort(string? scheme) => scheme switch { "https" or "wss" => 443, "http" or "ws" => 80, _ => null };
}
