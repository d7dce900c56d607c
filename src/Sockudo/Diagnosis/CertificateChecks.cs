using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Listeners;
using Sockudo.Server.Options;

namespace Sockudo.Diagnosis;

/// <summary>The certificate of the main listener: whether the server can use it, and whether clients will believe it.</summary>
internal static class CertificateChecks
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Reads the configured files.</summary>
    public static IReadOnlyList<Finding> Run(SslOptions options, TimeProvider time)
    {
        const string Check = "certificate";
        try
        {
            ServerCertificate.Load(options, time, NullLogger.Instance).Dispose();
        }
        catch (ListenException exception)
        {
            return [Finding.Problem(Check, exception.Message, "name a certificate and its own key, as PEM; an encrypted key needs ssl.passphrase")];
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertPath!);
        if (options.CaPath is not null)
            chain.ImportFromPemFile(options.CaPath);
        return [Names(chain[0]), Validity(chain[0], time.GetUtcNow()), Chain(chain)];
    }

    private static Finding Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString()))).ToList();
        return names.Count > 0
            ? Finding.Ok("certificate names", $"matches its key and is for {string.Join(", ", names)}")
            : Finding.Problem("certificate names", $"matches its key, and names no host ({certificate.Subject}): clients want a subject alternative name", "get a certificate for the host name that clients use");
    }

    private static Finding Validity(X509Certificate2 certificate, DateTimeOffset now)
    {
        const string Check = "certificate validity";
        var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        var days = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((until - now).TotalDays):0}");
        var span = string.Create(CultureInfo.InvariantCulture, $"valid from {from.UtcDateTime:yyyy-MM-dd} until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        const string Advice = "renew it; changed files are taken over within 10 s, without a restart";
        if (until <= now)
            return Finding.Problem(Check, $"has expired: {span}", Advice);
        if (from > now)
            return Finding.Problem(Check, $"is not valid yet: {span}", "wait, or correct the clock of this machine");
        return until - now < Soon ? Finding.Warning(Check, $"{span}: {days} days left", Advice) : Finding.Ok(Check, $"{span}: {days} days left");
    }

    private static Finding Chain(X509Certificate2Collection chain)
    {
        const string Check = "certificate chain";
        for (var i = 0; i + 1 < chain.Count; i++)
        {
            if (!chain[i].IssuerName.RawData.AsSpan().SequenceEqual(chain[i + 1].SubjectName.RawData))
            {
                return Finding.Problem(
                    Check, $"certificate {i + 2} ({chain[i + 1].Subject}) is not the issuer of certificate {i + 1} ({chain[i].Subject})",
                    "put the server's certificate first and each issuer behind what it has issued");
            }
        }

        using var builder = new X509Chain();
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;
        builder.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        builder.ChainPolicy.ExtraStore.AddRange(chain);
        if (builder.Build(chain[0]))
            return Finding.Ok(Check, $"{chain.Count} certificates, trusted by this machine");
        if (chain[0].IssuerName.RawData.AsSpan().SequenceEqual(chain[0].SubjectName.RawData))
            return Finding.Warning(Check, "it has signed itself: browsers refuse it unless they are told to trust it", "get one from an authority that clients know");
        return Finding.Warning(
            Check, $"{chain.Count} certificates, up to {chain[^1].Issuer}, which this machine does not know",
            "append the intermediate certificates to ssl.cert_path (or name them in ssl.ca_path); an authority of your own must be known to the clients");
    }
}
