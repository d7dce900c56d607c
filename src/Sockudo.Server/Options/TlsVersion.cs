namespace Sockudo.Server.Options;

/// <summary>A version of TLS.</summary>
public enum TlsVersion
{
    /// <summary><c>1.2</c></summary>
    Tls12,

    /// <summary><c>1.3</c></summary>
    Tls13,
}
