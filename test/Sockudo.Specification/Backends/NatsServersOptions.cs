namespace Sockudo.Specification.Backends;

/// <summary>What <see cref="NatsServers"/> starts.</summary>
public sealed record NatsServersOptions
{
    /// <summary>How many servers; more than one are a cluster in which each has a route to each.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The one user; with <see cref="Password"/>.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The token that clients need.</summary>
    public string? Token { get; init; }

    /// <summary>Public key (<c>U…</c>) of the one user.</summary>
    public string? Nkey { get; init; }

    /// <summary>Clients must use TLS; the certificate is of <see cref="NatsServers.Authority"/>.</summary>
    public bool IsTls { get; init; }

    /// <summary>Clients must have a certificate of the same authority.</summary>
    public bool VerifyClients { get; init; }

    /// <summary>More lines of configuration, the same for all servers.</summary>
    public string Configuration { get; init; } = "";
}
