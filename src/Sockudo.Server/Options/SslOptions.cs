namespace Sockudo.Server.Options;

/// <summary>Section <c>ssl</c> of the configuration.</summary>
public sealed record SslOptions
{
    /// <summary>HTTPS and WSS on <c>port</c>.</summary>
    public bool Enabled { get; init; }

    /// <summary>Certificate, PEM, followed by its chain.</summary>
    public string? CertPath { get; init; }

    /// <summary>Key of the certificate, PEM.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Passphrase of an encrypted key.</summary>
    public string? Passphrase { get; init; }

    /// <summary>PEM bundle of intermediates to send when <c>cert_path</c> lacks them.</summary>
    public string? CaPath { get; init; }

    /// <summary>Lowest TLS version accepted.</summary>
    public TlsVersion MinVersion { get; init; }

    /// <summary>Second listener that redirects to HTTPS.</summary>
    public bool RedirectHttp { get; init; }

    /// <summary>Port of the redirecting listener.</summary>
    public int HttpPort { get; init; } = 80;
}
