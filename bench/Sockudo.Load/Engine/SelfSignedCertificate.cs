using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockudo.Load.Engine;

/// <summary>A certificate for one measurement, as files that a server can read.</summary>
internal sealed class SelfSignedCertificate : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("load-");

    public SelfSignedCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Environment variables by which a started server uses it.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["SSL_ENABLED"] = "true",
        ["SSL_CERT_PATH"] = CertificatePath,
        ["SSL_KEY_PATH"] = KeyPath,
    };

    private string CertificatePath => Path.Combine(_directory.FullName, "certificate.pem");

    private string KeyPath => Path.Combine(_directory.FullName, "key.pem");

    public void Dispose() => _directory.Delete(recursive: true);
}
