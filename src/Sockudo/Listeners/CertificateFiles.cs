using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary>The PEM files of the section <c>ssl</c> as they were at one moment: text, not yet understood.</summary>
internal sealed class CertificateFiles
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    private static readonly string[] KeyLabels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", Encrypted];

    private readonly SslOptions _options;
    private readonly string _certificate;
    private readonly string _key;
    private readonly string? _intermediates;

    private CertificateFiles(SslOptions options, string certificate, string key, string? intermediates)
    {
        (_options, _certificate, _key, _intermediates) = (options, certificate, key, intermediates);
        Fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', certificate, key, intermediates))));
    }

    /// <summary>The same for the same contents.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="ListenException">One of them cannot be read.</exception>
    public static CertificateFiles Read(SslOptions options) => new(
        options,
        ReadText("ssl.cert_path", options.CertPath!),
        ReadText("ssl.key_path", options.KeyPath!),
        options.CaPath is null ? null : ReadText("ssl.ca_path", options.CaPath));

    /// <summary>Understands them: the certificate with its key, and the intermediates to send with it.</summary>
    /// <exception cref="ListenException">They are no certificate with its key.</exception>
    public (X509Certificate2 Certificate, X509Certificate2Collection Intermediates) Parse()
    {
        var chain = ParseAll("ssl.cert_path", _options.CertPath!, _certificate);
        var intermediates = new X509Certificate2Collection(chain.Skip(1).ToArray());
        if (_intermediates is not null)
            intermediates.AddRange(ParseAll("ssl.ca_path", _options.CaPath!, _intermediates));
        using var leaf = chain[0];
        using var withKey = AddKey(leaf);
        // A key that lives only in memory cannot be used for TLS on every platform.
        return (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null), intermediates);
    }

    private static string ReadText(string key, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "this user may not read it",
                _ => exception.Message,
            };
            throw new ListenException($"{key} = \"{path}\": {reason}");
        }
    }

    private static X509Certificate2Collection ParseAll(string key, string path, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new ListenException($"{key} = \"{path}\": a certificate in it cannot be read: {exception.Message}");
        }

        return certificates.Count > 0
            ? certificates
            : throw new ListenException($"{key} = \"{path}\": there is no certificate in it; PEM is expected (-----BEGIN CERTIFICATE-----)");
    }

    private X509Certificate2 AddKey(X509Certificate2 certificate)
    {
        var label = FindKeyLabel();
        if (label == Encrypted && string.IsNullOrEmpty(_options.Passphrase))
            throw KeyProblem("the key is encrypted; set ssl.passphrase");
        var pem = certificate.ExportCertificatePem();
        try
        {
            return label == Encrypted
                ? X509Certificate2.CreateFromEncryptedPem(pem, _key, _options.Passphrase)
                : X509Certificate2.CreateFromPem(pem, _key);
        }
        catch (ArgumentException)
        {
            throw KeyProblem($"it is not the key of the certificate in ssl.cert_path = \"{_options.CertPath}\"");
        }
        catch (CryptographicException exception)
        {
            // The library says "does not match" for all of these.
            if (label == Encrypted && !CanDecrypt())
                throw KeyProblem("the key cannot be decrypted: ssl.passphrase is wrong");
            throw KeyProblem($"it is not the key of the certificate in ssl.cert_path = \"{_options.CertPath}\", or damaged: {exception.Message}");
        }
    }

    private string FindKeyLabel()
    {
        if (_key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw KeyProblem("the key is encrypted in an old form; convert it: openssl pkcs8 -topk8 -in old.key -out new.key");
        for (ReadOnlySpan<char> rest = _key; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label].ToString();
            if (KeyLabels.Contains(label))
                return label;
        }

        throw KeyProblem("there is no key in it; PEM is expected (-----BEGIN PRIVATE KEY-----)");
    }

    private bool CanDecrypt()
    {
        for (ReadOnlySpan<char> rest = _key; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (!rest[fields.Label].SequenceEqual(Encrypted))
                continue;
            try
            {
                Pkcs8Decrypt(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
                return true;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }

        return false;
    }

    // The kind of key shows only when it is decrypted; a wrong kind fails in the same way as a wrong passphrase, so both are tried.
    private void Pkcs8Decrypt(byte[] bytes)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportEncryptedPkcs8PrivateKey(_options.Passphrase, bytes, out _);
        }
        catch (CryptographicException)
        {
            using var ec = ECDsa.Create();
            ec.ImportEncryptedPkcs8PrivateKey(_options.Passphrase, bytes, out _);
        }
    }

    private ListenException KeyProblem(string problem) => new($"ssl.key_path = \"{_options.KeyPath}\": {problem}");
}
