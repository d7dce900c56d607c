namespace Sockudo.Server.Options;

/// <summary>TLS of a client connection to a backend.</summary>
public sealed record ClientTlsOptions
{
    /// <summary>Use TLS.</summary>
    public bool Enabled { get; init; }

    /// <summary>Own certificate authority, PEM.</summary>
    public string? CaPath { get; init; }

    /// <summary>Client certificate, PEM.</summary>
    public string? CertPath { get; init; }

    /// <summary>Key of the client certificate, PEM.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Do not verify the server's certificate (with a warning).</summary>
    public bool Insecure { get; init; }
}
