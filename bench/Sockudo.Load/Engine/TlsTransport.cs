using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Sockudo.Load.Engine;

/// <summary>TLS over TCP. Certificates are not checked: the servers under load sign their own.</summary>
internal sealed class TlsTransport : Transport
{
    // The trust store of the system is not even looked at.
    private static readonly X509ChainPolicy NoChain = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true };

    private readonly SocketStream _stream;
    private readonly SslStream _tls;
    private readonly Task _receiving;
    private byte[] _unsent = [];
    private byte[] _scratch = [];
    private bool _isReady;

    public TlsTransport(EventLoop loop, Socket socket, string host, IByteSink sink)
        : base(loop, socket, sink)
    {
        _stream = new SocketStream(Receive, SendRaw);
        _tls = new SslStream(_stream);
        _receiving = ReceiveAsync(host);
    }

    /// <summary>Before the handshake is done, what is to be sent waits.</summary>
    public override void Send(ReadOnlySpan<byte> bytes)
    {
        if (_isReady)
            _tls.Write(bytes);
        else
            _unsent = [.. _unsent, .. bytes];
    }

    public override void OnReadable(byte[] scratch)
    {
        _scratch = scratch;
        _stream.OnReadable();
        if (_receiving.IsFaulted)
            throw new IOException($"TLS: {_receiving.Exception.InnerException!.Message}", _receiving.Exception.InnerException);
    }

    public override void Dispose()
    {
        base.Dispose();
        _tls.Dispose();
    }

    // Runs on the event loop's thread only: whatever it awaits is completed by OnReadable.
    private async Task ReceiveAsync(string host)
    {
        await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = NoChain,
#pragma warning disable CA5359 // On purpose, see above.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        }).ConfigureAwait(false);
        _isReady = true;
        _tls.Write(_unsent);
        _unsent = [];
        while (true)
        {
            // Waiting without a buffer takes no memory; the loop's buffer is filled and used up within one call.
            _ = await _tls.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var received = await _tls.ReadAsync(_scratch).ConfigureAwait(false);
            if (received == 0)
                break;
            Sink.OnBytes(_scratch.AsSpan(0, received));
        }

        End();
    }
}
