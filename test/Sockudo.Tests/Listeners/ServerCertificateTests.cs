using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Listeners;
using Sockudo.Server.Options;
using Sockudo.Tests.Logging;
using Xunit;

namespace Sockudo.Tests.Listeners;

/// <summary>The files of a certificate: what they may be, what is said of bad ones, and how changes are noticed.</summary>
public sealed class ServerCertificateTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-tls-").FullName;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly RecordedLog _log = new();
    private readonly PemPair _pem;

    public ServerCertificateTests() => _pem = new PemPair(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("rsa pkcs1")]
    [InlineData("rsa pkcs8")]
    [InlineData("rsa encrypted")]
    [InlineData("ec sec1")]
    [InlineData("ec pkcs8")]
    [InlineData("ec encrypted")]
    public async Task Every_form_of_a_key_serves(string form)
    {
        var thumbprint = _pem.Write(form);
        // A passphrase that is not needed does no harm.
        using var certificate = Load(passphrase: PemPair.Passphrase);
        Assert.Equal(thumbprint, await ServedAsync(certificate));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Every_mistake_is_named_with_its_key_and_its_remedy()
    {
        Assert.Equal($"the certificate cannot be used: ssl.cert_path = \"{_pem.CertificatePath}\": there is no such file", Problem());
        _pem.Write();
        Assert.Equal($"the certificate cannot be used: ssl.ca_path = \"/none/ca.pem\": there is no such file", Problem(caPath: "/none/ca.pem"));
        var certificate = File.ReadAllText(_pem.CertificatePath);
        File.WriteAllText(_pem.CertificatePath, "nonsense");
        Assert.Contains("ssl.cert_path", Problem(), StringComparison.Ordinal);
        Assert.Contains("there is no certificate in it; PEM is expected", Problem(), StringComparison.Ordinal);
        File.WriteAllText(_pem.CertificatePath, certificate);
        File.WriteAllText(_pem.KeyPath, "nonsense");
        Assert.Contains($"ssl.key_path = \"{_pem.KeyPath}\": there is no key in it; PEM is expected", Problem(), StringComparison.Ordinal);

        foreach (var form in new[] { "ec encrypted", "rsa encrypted" })
        {
            _pem.Write(form);
            Assert.Contains("the key is encrypted; set ssl.passphrase", Problem(), StringComparison.Ordinal);
            var wrong = Problem(passphrase: "guessed-passphrase");
            Assert.Contains("cannot be decrypted: ssl.passphrase is wrong", wrong, StringComparison.Ordinal);
            Assert.DoesNotContain("guessed", wrong, StringComparison.Ordinal);
        }

        foreach (var form in new[] { "ec pkcs8", "rsa pkcs8", "rsa pkcs1" })
        {
            _pem.Write(form);
            File.WriteAllText(_pem.CertificatePath, certificate);
            Assert.Contains("it is not the key of the certificate in ssl.cert_path", Problem(), StringComparison.Ordinal);
        }

        File.WriteAllText(_pem.KeyPath, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Assert.Contains("openssl pkcs8 -topk8", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_files_are_noticed_within_ten_seconds_and_a_half_written_pair_is_waited_for()
    {
        var first = _pem.Write();
        using var certificate = Load();
        _time.Advance(Look);
        Assert.Empty(_log.Lines);

        var oldKey = File.ReadAllText(_pem.KeyPath);
        var second = _pem.Write();
        var newKey = File.ReadAllText(_pem.KeyPath);
        File.WriteAllText(_pem.KeyPath, oldKey);
        _time.Advance(Look);
        Assert.Equal(first, await ServedAsync(certificate));
        Assert.Empty(_log.Lines);
        File.WriteAllText(_pem.KeyPath, newKey);
        _time.Advance(Look);
        Assert.Equal(second, await ServedAsync(certificate));
        Assert.StartsWith("certificate reloaded", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_that_stays_bad_is_told_once_and_the_old_one_kept()
    {
        var first = _pem.Write();
        using var certificate = Load();
        File.WriteAllText(_pem.KeyPath, "nonsense");
        for (var i = 0; i < 10; i++)
            _time.Advance(Look);
        Assert.Equal(1, _log.CountOf(LogLevel.Error));
        File.Delete(_pem.KeyPath);
        for (var i = 0; i < 10; i++)
            _time.Advance(Look);
        Assert.Equal(2, _log.CountOf(LogLevel.Error));
        Assert.Equal(first, await ServedAsync(certificate));
        var second = _pem.Write();
        _time.Advance(Look);
        Assert.Equal(second, await ServedAsync(certificate));
    }

    [Fact]
    public void Expiry_is_warned_of_daily_from_fourteen_days_before_until_there_is_a_new_certificate()
    {
        _pem.Write(expires: TimeSpan.FromDays(15));
        using var certificate = Load();
        Assert.Empty(_log.Lines);
        Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, _log.CountOf(LogLevel.Warning));
        Advance(TimeSpan.FromDays(2));
        Assert.Equal(3, _log.CountOf(LogLevel.Warning));
        Assert.DoesNotContain(_log.Lines, static line => line.Text.Contains("has expired", StringComparison.Ordinal));
        Advance(TimeSpan.FromDays(13));
        Assert.Contains("has expired", _log.Lines[^1].Text, StringComparison.Ordinal);
        _pem.Write();
        Advance(TimeSpan.FromDays(2));
        Assert.StartsWith("certificate reloaded", _log.Lines[^1].Text, StringComparison.Ordinal);
    }

    private void Advance(TimeSpan time)
    {
        for (var end = _time.GetUtcNow() + time; _time.GetUtcNow() < end;)
            _time.Advance(TimeSpan.FromHours(1));
    }

    private ServerCertificate Load(string? passphrase = null, string? caPath = null) => ServerCertificate.Load(
        new SslOptions { Enabled = true, CertPath = _pem.CertificatePath, KeyPath = _pem.KeyPath, Passphrase = passphrase, CaPath = caPath }, _time, _log);

    private string Problem(string? passphrase = null, string? caPath = null) => Assert.Throws<ListenException>(() => Load(passphrase, caPath)).Message;

    private static async Task<string> ServedAsync(ServerCertificate certificate)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        await using var serverSide = new SslStream(accepted.GetStream());
        await using var clientSide = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        var options = await certificate.ToHandshakeOptions().OnConnection(null!);
        await Task.WhenAll(serverSide.AuthenticateAsServerAsync(options), clientSide.AuthenticateAsClientAsync("localhost"));
        return ((X509Certificate2)clientSide.RemoteCertificate!).Thumbprint;
    }
}
