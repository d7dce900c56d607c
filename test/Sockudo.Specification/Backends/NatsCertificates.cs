using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockudo.Specification.Backends;

/// <summary>An authority of its own, and certificates from it for servers on this machine and for their clients; PEM files in a folder that goes with this.</summary>
public sealed class NatsCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nats-tls-");

    public NatsCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        using var authority = request.CreateSelfSigned(Start, End);
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue(authority, "server", ServerCertificate, ServerKey);
        Issue(authority, "client", ClientCertificate, ClientKey);
    }

    /// <summary>Certificate of the authority.</summary>
    public string Authority => Path.Combine(_folder.FullName, "ca.pem");

    public string ServerCertificate => Path.Combine(_folder.FullName, "server.pem");

    public string ServerKey => Path.Combine(_folder.FullName, "server.key");

    public string ClientCertificate => Path.Combine(_folder.FullName, "client.pem");

    public string ClientKey => Path.Combine(_folder.FullName, "client.key");

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset End => Start.AddDays(30);

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Issue(X509Certificate2 authority, string name, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, Start.AddHours(1), End.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
