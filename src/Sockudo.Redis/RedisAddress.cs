using System.Globalization;

namespace Sockudo.Redis;

/// <summary>Where a server listens.</summary>
/// <param name="Host">Name or IP address, without brackets.</param>
/// <param name="Port">Port.</param>
internal readonly record struct RedisAddress(string Host, int Port)
{
    public const int DefaultPort = 6379;

    /// <summary>Reads <c>host:port</c>, <c>[address]:port</c> or a host alone; null for anything else.</summary>
    public static RedisAddress? Parse(string text, int defaultPort)
    {
        // No host has an @ in it: what stands before it is a password, which must not become a part of what is shown.
        if (text.Contains('@'))
            return null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']'))
            return text.Length == 0 ? null : new RedisAddress(text.Trim('[', ']'), defaultPort);
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new RedisAddress(text[..colon].Trim('[', ']'), port)
            : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
