using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Server.Options;

namespace Sockudo.Server.Backends;

/// <summary>Whom a connection to a backend trusts and who it is, read from the files of a <c>tls</c> section.</summary>
public sealed class ClientCertificates
{
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _own;

    /// <param name="options">The files.</param>
    /// <param name="section">Path of the section, for messages: <c>database.redis.tls</c>.</param>
    /// <exception cref="BackendException">A file cannot be used; permanent.</exception>
    public ClientCertificates(ClientTlsOptions options, string section)
    {
        ArgumentNullException.ThrowIfNull(options);
        _authorities = Read($"{section}.ca_path", options.CaPath, ReadAuthorities);
        _own = Read($"{section}.cert_path, {section}.key_path", options.CertPath, path => ReadOwn(path, options.KeyPath));
    }

    /// <summary>Adds them to the options of a connection.</summary>
    public void AddTo(SslClientAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_own is not null)
            options.ClientCertificateContext = _own;
        if (_authorities is null)
            return;
        options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
    }

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("there is no certificate in it");
    }

    // With the intermediates that stand behind it in the file.
    private static SslStreamCertificateContext ReadOwn(string certPath, string? keyPath)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certPath, keyPath);
        // A key that lives only in memory cannot be used for TLS on every platform.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certPath);
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static T? Read<T>(string keys, string? path, Func<string, T> read)
        where T : class
    {
        try
        {
            return path is null ? null : read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new BackendException($"{path} cannot be used: {exception.Message} ({keys})", isPermanent: true, exception);
        }
    }
}
