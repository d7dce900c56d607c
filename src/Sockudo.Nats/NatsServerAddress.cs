using NATS.Client.Core;
using Sockudo.Server.Backends;

namespace Sockudo.Nats;

/// <summary>Where a server is, and what its URL says beside that. Two addresses are equal if they are of the same host and port.</summary>
internal sealed class NatsServerAddress : IEquatable<NatsServerAddress>
{
    private const int DefaultPort = 4222;

    private NatsServerAddress(string host, int port, bool isTls, NatsAuthOpts? login, string certificateHost)
    {
        Host = host;
        Port = port;
        IsTls = isTls;
        Login = login;
        CertificateHost = certificateHost;
    }

    /// <summary>Name or address, without the brackets of IPv6.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>The URL demands TLS.</summary>
    public bool IsTls { get; }

    /// <summary>User info of the URL: a user and a password, or a token.</summary>
    public NatsAuthOpts? Login { get; }

    /// <summary>The name that the server's certificate must have.</summary>
    public string CertificateHost { get; }

    /// <summary>Reads <c>adapter.nats.servers</c>.</summary>
    /// <exception cref="BackendException">One of them is not the URL of a server.</exception>
    public static IReadOnlyList<NatsServerAddress> ParseAll(IReadOnlyList<string> urls)
    {
        if (urls.Count == 0)
            throw new BackendException("NATS cannot be used: adapter.nats.servers is empty", isPermanent: true);
        // The text itself may have a password in it.
        return [.. urls.Select(static (url, index) => TryParse(url)
            ?? throw new BackendException($"NATS cannot be used: adapter.nats.servers[{index}] is not nats://host:port or tls://host:port", isPermanent: true))];
    }

    /// <summary>Another server of the same cluster, as this one announces it: <c>host:port</c>.</summary>
    public NatsServerAddress? Announced(string hostAndPort)
    {
        if (TryParse(hostAndPort) is not { } other)
            return null;
        // Servers announce addresses, while certificates have names.
        var hasName = Uri.CheckHostName(other.Host) == UriHostNameType.Dns;
        return new NatsServerAddress(other.Host, other.Port, IsTls, Login, hasName ? other.Host : CertificateHost);
    }

    public bool Equals(NatsServerAddress? other) =>
        other is not null && Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => Equals(obj as NatsServerAddress);

    public override int GetHashCode() => HashCode.Combine(Port, Host.GetHashCode(StringComparison.OrdinalIgnoreCase));

    /// <summary>The URL without user info: for messages, and for the client library.</summary>
    public override string ToString() => $"{(IsTls ? "tls" : "nats")}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    private static NatsServerAddress? TryParse(string url)
    {
        var text = url.Trim();
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "nats://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("nats" or "tls") || uri.Host.Length == 0
            || uri.AbsolutePath is not ("" or "/") || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return null;
        return new NatsServerAddress(uri.DnsSafeHost, uri.Port > 0 ? uri.Port : DefaultPort, uri.Scheme == "tls", LoginOf(uri.UserInfo), uri.DnsSafeHost);
    }

    private static NatsAuthOpts? LoginOf(string userInfo)
    {
        if (userInfo.Length == 0)
            return null;
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NatsAuthOpts { Token = Uri.UnescapeDataString(userInfo) }
            : new NatsAuthOpts { Username = Uri.UnescapeDataString(userInfo[..colon]), Password = Uri.UnescapeDataString(userInfo[(colon + 1)..]) };
    }
}
