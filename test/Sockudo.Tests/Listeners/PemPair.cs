using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockudo.Tests.Listeners;

/// <summary>A certificate and its key as PEM files, which can be replaced.</summary>
internal sealed class PemPair(string directory)
{
    public const string Passphrase = "pem-passphrase";

    public string CertificatePath { get; } = Path.Combine(directory, "cert.pem");

    public string KeyPath { get; } = Path.Combine(directory, "key.pem");

    /// <summary>Makes a new pair and writes both files; the thumbprint of the certificate.</summary>
    /// <param name="form">Form of the key: algorithm and container.</param>
    /// <param name="expires">End of validity, from now on.</param>
    public string Write(string form = "ec pkcs8", TimeSpan? expires = null)
    {
        var (certificate, key) = Create(form, expires ?? TimeSpan.FromDays(100));
        using (certificate)
        {
            WriteAll(certificate.ExportCertificatePem(), key);
            return certificate.Thumbprint;
        }
    }

    /// <summary>As <see cref="Write"/>, signed by an intermediate authority, whose certificate is behind the first; the thumbprint of the intermediate.</summary>
    public string WriteChain()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(300));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Intermediate", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signed = authorityRequest.Create(root, now.AddDays(-1), now.AddDays(200), RandomNumberGenerator.GetBytes(8));
        using var authority = signed.CopyWithPrivateKey(authorityKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .Create(authority, now.AddDays(-1), now.AddDays(100), RandomNumberGenerator.GetBytes(8));
        WriteAll(certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        return authority.Thumbprint;
    }

    private void WriteAll(string certificate, string key)
    {
        File.WriteAllText(CertificatePath, certificate);
        File.WriteAllText(KeyPath, key);
    }

    private static (X509Certificate2 Certificate, string Key) Create(string form, TimeSpan expires)
    {
        var now = TimeProvider.System.GetUtcNow();
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        if (form.StartsWith("rsa ", StringComparison.Ordinal))
        {
            using var rsa = RSA.Create(2048);
            var certificate = new CertificateRequest("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-30), now + expires);
            return (certificate, form[4..] switch
            {
                "pkcs1" => rsa.ExportRSAPrivateKeyPem(),
                "encrypted" => rsa.ExportEncryptedPkcs8PrivateKeyPem(Passphrase, encryption),
                _ => rsa.ExportPkcs8PrivateKeyPem(),
            });
        }

        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (new CertificateRequest("CN=localhost", ec, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-30), now + expires), form[3..] switch
        {
            // As "openssl ecparam -genkey" writes it.
            "sec1" => "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem(),
            "encrypted" => ec.ExportEncryptedPkcs8PrivateKeyPem(Passphrase, encryption),
            _ => ec.ExportPkcs8PrivateKeyPem(),
        });
    }
}
