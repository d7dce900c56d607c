using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockudo.Specification.Backends;

/// <summary>A certificate authority made for a test, with the certificates of one server and one client, as PEM files.</summary>
public sealed class TestAuthority
{
    /// <param name="directory">Where the files go.</param>
    public TestAuthority(string directory)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        CaPath = Write(directory, "ca.crt", authority.ExportCertificatePem());
        (ServerCertPath, ServerKeyPath) = Issue(authority, directory, "server", now);
        (ClientCertPath, ClientKeyPath) = Issue(authority, directory, "client", now);
    }

    public string CaPath { get; }

    public string ServerCertPath { get; }

    public string ServerKeyPath { get; }

    public string ClientCertPath { get; }

    public string ClientKeyPath { get; }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string directory, string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return (Write(directory, name + ".crt", certificate.ExportCertificatePem()), Write(directory, name + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static string Write(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
