using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Options;

namespace Sockudo.Listeners;

/// <summary>
/// The certificate of the main listener (operations.md 2.1). Its files are looked at every 10 s and on demand; new
/// handshakes use a new pair, existing connections keep theirs, and a bad pair is reported once and not used. Safe from any
/// thread.
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

    // What was read last, be it good or bad, and what was found bad once by chance.
    private string _fingerprint;
    private string? _suspect;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    private ServerCertificate(SslOptions options, Loaded first, string fingerprint, TimeProvider time, ILogger logger)
    {
        _options = options;
        _current = first;
        _fingerprint = fingerprint;
        _time = time;
        _logger = logger;
        WarnOfExpiry();
        _timer = time.CreateTimer(static self => ((ServerCertificate)self!).Look(isAsked: false), this, CheckInterval, CheckInterval);
    }

    /// <summary>End of validity of the certificate in use.</summary>
    public DateTimeOffset Expires => _current.Expires;

    /// <summary>Reads the configured files.</summary>
    /// <exception cref="ListenException">They cannot be used.</exception>
    public static ServerCertificate Load(SslOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            var files = CertificateFiles.Read(options);
            return new ServerCertificate(options, Prepare(options, files), files.Fingerprint, time, logger);
        }
        catch (ListenException exception)
        {
            throw new ListenException($"the certificate cannot be used: {exception.Message}");
        }
    }

    /// <summary>For Kestrel: what each handshake uses.</summary>
    public TlsHandshakeCallbackOptions ToHandshakeOptions() => new()
    {
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(_current.Options),
    };

    /// <summary>Takes over changed files; says at once if they are bad.</summary>
    public void Reload() => Look(isAsked: true);

    public void Dispose() => _timer.Dispose();

    private void Look(bool isAsked)
    {
        lock (_gate)
        {
            var fingerprint = "unreadable";
            try
            {
                var files = CertificateFiles.Read(_options);
                fingerprint = files.Fingerprint;
                if (fingerprint == _fingerprint)
                {
                    WarnOfExpiry();
                    return;
                }

                _current = Prepare(_options, files);
                _fingerprint = fingerprint;
                LogReloaded(_logger, Expires.ToString("u", CultureInfo.InvariantCulture));
                _warned = DateTimeOffset.MinValue;
            }
            catch (ListenException exception)
            {
                // Whoever writes two files has written one of them first: by chance it is this moment, so look once more.
                if (!isAsked && _suspect != fingerprint)
                {
                    _suspect = fingerprint;
                }
                else if (_fingerprint != fingerprint)
                {
                    _fingerprint = fingerprint;
                    LogReloadFailed(_logger, exception.Message);
                }
            }

            WarnOfExpiry();
        }
    }

    private static Loaded Prepare(SslOptions options, CertificateFiles files)
    {
        var (certificate, intermediates) = files.Parse();
        var protocols = options.MinVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
        var authentication = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, intermediates, offline: true),
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        return new Loaded(authentication, new DateTimeOffset(certificate.NotAfter));
    }

    private void WarnOfExpiry()
    {
        var now = _time.GetUtcNow();
        if (Expires - now > WarnBefore || now - _warned < WarnInterval)
            return;
        _warned = now;
        if (Expires <= now)
            LogExpired(_logger, Expires.ToString("u", CultureInfo.InvariantCulture));
        else
            LogExpires(_logger, Expires.ToString("u", CultureInfo.InvariantCulture));
    }

    [LoggerMessage(1, LogLevel.Information, "certificate reloaded  expires={Expires}")]
    private static partial void LogReloaded(ILogger logger, string expires);

    [LoggerMessage(2, LogLevel.Error, "the changed certificate cannot be used, the old one is kept  reason={Reason}")]
    private static partial void LogReloadFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "the certificate expires soon: put a new one into the files of ssl.cert_path and ssl.key_path  expires={Expires}")]
    private static partial void LogExpires(ILogger logger, string expires);

    [LoggerMessage(4, LogLevel.Warning, "the certificate has expired, clients refuse it: put a new one into the files of ssl.cert_path and ssl.key_path  expires={Expires}")]
    private static partial void LogExpired(ILogger logger, string expires);

    private sealed record Loaded(SslServerAuthenticationOptions Options, DateTimeOffset Expires);
}
