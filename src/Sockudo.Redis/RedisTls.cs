using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>Whom we trust and who we are, read from the files of <c>database.redis.tls</c>.</summary>
internal sealed class RedisTls
{
    private readonly bool _isInsecure;
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _own;

    /// <exception cref="BackendException">A file cannot be used.</exception>
    public RedisTls(ClientTlsOptions options)
    {
        _isInsecure = options.Insecure;
        _authorities = Read("database.redis.tls.ca_path", options.CaPath, static path =>
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? certificates : throw new CryptographicException("there is no certificate in it");
        });
        _own = Read("database.redis.tls.cert_path, database.redis.tls.key_path", options.CertPath, path =>
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path, options.KeyPath);
            // Windows does not use a key that exists in memory only.
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        });
    }

    public SslClientAuthenticationOptions For(string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (_own is not null)
            options.ClientCertificates = [_own];
        if (_isInsecure)
        {
#pragma warning disable CA5359 // This is what the operator asks for, who is warned of it at the start.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (_authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        return options;
    }

    private static T? Read<T>(string keys, string? path, Func<string, T> read)
        where T : class
    {
        try
        {
            return path is null ? null : read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new BackendException($"{path} cannot be used: {e.Message} ({keys})", isPermanent: true, e);
        }
    }
}
