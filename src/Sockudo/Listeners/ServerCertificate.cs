using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary>
/// The certificate of the main listener (operations.md 2.1). Its files are looked at every 10 s and on demand; new
/// handshakes use a new pair, existing connections keep theirs, and a bad pair is reported once and not used.
/// </summary>
internal sealed partial class ServerCertificate : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarnInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);

    private readonly SslOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile Loaded _current;
    private string _fingerprint;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    private ServerCertificate(SslOptions options, Loaded first, string fingerprint, TimeProvider time, ILogger logger)
    {
        _options = options;
        _current = first;
        _fingerprint = fingerprint;
        _time = time;
        _logger = logger;
        WarnOfExpiry();
        _timer = time.CreateTimer(static self => ((ServerCertificate)self!).Reload(), this, CheckInterval, CheckInterval);
    }

    /// <summary>End of validity of the certificate in use.</summary>
    public DateTimeOffset Expires => _current.Expires;

    /// <summary>Reads the configured files.</summary>
    /// <exception cref="ListenException">They cannot be used.</exception>
    public static ServerCertificate Load(SslOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            return new ServerCertificate(options, Read(options), Fingerprint(options), time, logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ListenException(
                $"the certificate cannot be used (ssl.cert_path = {options.CertPath}, ssl.key_path = {options.KeyPath}): {exception.Message}");
        }
    }

    /// <summary>For Kestrel: what each handshake uses.</summary>
    public TlsHandshakeCallbackOptions ToHandshakeOptions() => new()
    {
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(_current.Options),
    };

    /// <summary>Takes over changed files.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            WarnOfExpiry();
            try
            {
                var fingerprint = Fingerprint(_options);
                if (fingerprint == _fingerprint)
                    return;
                _fingerprint = fingerprint;
                _current = Read(_options);
                LogReloaded(_logger, Expires.ToString("u", CultureInfo.InvariantCulture));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                LogReloadFailed(_logger, exception.Message);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private static Loaded Read(SslOptions options)
    {
        using var pem = options.Passphrase is null
            ? X509Certificate2.CreateFromPemFile(options.CertPath!, options.KeyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(options.CertPath!, options.Passphrase, options.KeyPath);
        // A key that lives only in memory cannot be used for TLS on every platform.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertPath!);
        chain.RemoveAt(0);
        if (options.CaPath is not null)
            chain.ImportFromPemFile(options.CaPath);

        var protocols = options.MinVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
        var authentication = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        return new Loaded(authentication, new DateTimeOffset(certificate.NotAfter));
    }

    private static string Fingerprint(SslOptions options)
    {
        var files = new[] { options.CertPath, options.KeyPath, options.CaPath }.OfType<string>();
        return string.Join('|', files.Select(static path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))));
    }

    private void WarnOfExpiry()
    {
        var now = _time.GetUtcNow();
        if (Expires - now > WarnBefore || now - _warned < WarnInterval)
            return;
        _warned = now;
        LogExpires(_logger, Expires.ToString("u", CultureInfo.InvariantCulture));
    }

    [LoggerMessage(1, LogLevel.Information, "certificate reloaded  expires={Expires}")]
    private static partial void LogReloaded(ILogger logger, string expires);

    [LoggerMessage(2, LogLevel.Error, "the changed certificate cannot be used, the old one is kept  reason={Reason}")]
    private static partial void LogReloadFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "the certificate expires soon or has expired  expires={Expires}")]
    private static partial void LogExpires(ILogger logger, string expires);

    private sealed record Loaded(SslServerAuthenticationOptions Options, DateTimeOffset Expires);
}
