namespace Sockudo.Server.Options;

/// <summary>Whether and how TLS is used towards a database.</summary>
public enum TlsMode
{
    /// <summary><c>disabled</c></summary>
    Disabled,

    /// <summary><c>preferred</c></summary>
    Preferred,

    /// <summary><c>required</c></summary>
    Required,

    /// <summary><c>verify-ca</c></summary>
    VerifyCa,

    /// <summary><c>verify-full</c></summary>
    VerifyFull,
}
