using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NATS.Client.Core;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using NatsTlsMode = NATS.Client.Core.TlsMode;

namespace Sockudo.Nats;

/// <summary>
/// TLS to the servers. It is demanded by <c>adapter.nats.tls.enabled</c> and by <c>tls://</c>; without them it is still used when the server asks for it.
/// The files are read for each connection, so that they can be renewed under a running server.
/// </summary>
internal static class NatsTls
{
    /// <exception cref="BackendException">A configured file cannot be used.</exception>
    public static NatsTlsOpts For(NatsServerAddress server, ClientTlsOptions options)
    {
        var authorities = options.CaPath is null ? null : Read("adapter.nats.tls.ca_path", () => Authorities(options.CaPath));
        var own = options.CertPath is null ? null : Read("adapter.nats.tls.cert_path, adapter.nats.tls.key_path", () => Own(options.CertPath, options.KeyPath));
        return new NatsTlsOpts
        {
            Mode = options.Enabled || server.IsTls ? NatsTlsMode.Require : NatsTlsMode.Prefer,
            InsecureSkipVerify = options.Insecure,
            ConfigureClientAuthentication = client =>
            {
                client.TargetHost = server.CertificateHost;
                client.ClientCertificateContext = own;
                if (authorities is not null)
                {
                    client.CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        RevocationMode = X509RevocationMode.NoCheck,
                    };
                    client.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
                }

                return ValueTask.CompletedTask;
            },
        };
    }

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"there is no certificate in {path}");
    }

    private static SslStreamCertificateContext Own(string certPath, string? keyPath)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certPath, keyPath);
        // A key that lives only in memory cannot be used for TLS on every platform.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certPath);
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static T Read<T>(string keys, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new BackendException($"NATS cannot be used: {keys}: {exception.Message}", isPermanent: true, exception);
        }
    }
}
