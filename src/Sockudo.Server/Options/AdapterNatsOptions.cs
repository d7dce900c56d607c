namespace Sockudo.Server.Options;

/// <summary>Section <c>adapter.nats</c> of the configuration.</summary>
public sealed record AdapterNatsOptions
{
    /// <summary>URLs of the servers, <c>nats://</c> or <c>tls://</c>.</summary>
    public IReadOnlyList<string> Servers { get; init; } = ["nats://localhost:4222"];

    /// <summary>First subject tokens.</summary>
    public string Prefix { get; init; } = "sockudo";

    /// <summary>Milliseconds to wait for another node's answer.</summary>
    public int RequestTimeoutMs { get; init; } = 5000;

    /// <summary>Milliseconds of one connection attempt.</summary>
    public int ConnectionTimeoutMs { get; init; } = 5000;

    /// <summary>User; only together with the password.</summary>
    public string? Username { get; init; }

    /// <summary>Password; only together with the user.</summary>
    public string? Password { get; init; }

    /// <summary>Token.</summary>
    public string? Token { get; init; }

    /// <summary>Seed for NKey authentication.</summary>
    public string? NkeySeed { get; init; }

    /// <summary>Path of a <c>.creds</c> file (JWT and seed).</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Section <c>adapter.nats.tls</c>.</summary>
    public ClientTlsOptions Tls { get; init; } = new();
}
