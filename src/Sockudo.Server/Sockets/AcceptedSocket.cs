using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Connections;
using Sockudo.Server.Hosting;

namespace Sockudo.Server.Sockets;

/// <summary>
/// A connection that has not said yet what it is. An opening handshake for a WebSocket that has arrived whole is answered here; the
/// first bytes of anything else are left unread, and the connection goes to the HTTP server.
/// </summary>
internal sealed partial class AcceptedSocket : IPollable
{
    private readonly Poller _poller;
    private readonly Descriptor _descriptor;
    private readonly IPEndPoint? _peer;
    private readonly ConnectionFront _front;
    private readonly Action<Descriptor> _onHttp;
    private readonly ILogger _logger;
    private readonly PendingHandshakes.Pending _pending;

    /// <param name="poller">Whose connection it is.</param>
    /// <param name="descriptor">The connection.</param>
    /// <param name="peer">The other end; null if not known.</param>
    /// <param name="front">Takes WebSockets.</param>
    /// <param name="handshakes">Gives the first bytes their time.</param>
    /// <param name="onHttp">Takes everything else.</param>
    /// <param name="logger">For what must not happen.</param>
    public AcceptedSocket(
        Poller poller, Descriptor descriptor, IPEndPoint? peer, ConnectionFront front, PendingHandshakes handshakes, Action<Descriptor> onHttp,
        ILogger logger)
    {
        _poller = poller;
        _descriptor = descriptor;
        _peer = peer;
        _front = front;
        _onHttp = onHttp;
        _logger = logger;
        _pending = handshakes.Start(Abort);
    }

    /// <summary>Begins to wait.</summary>
    public void Open() => _poller.Watch(_descriptor, this, Linux.EpollIn);

    void IPollable.OnReady()
    {
        var received = Linux.Receive(_descriptor, _poller.Buffer, Linux.Peek);
        if (received < 0 && Marshal.GetLastPInvokeError() is Linux.WouldBlock or Linux.Interrupted)
            return;

        _pending.Done();
        if (received <= 0)
            Close();
        else if (_front.TryReadUpgrade(_poller.Buffer.AsSpan(0, received), out var request, out var target, out var length))
        {
            _ = Linux.Receive(_descriptor, _poller.Buffer.AsSpan(0, length));
            _ = RunAsync(request, target);
        }
        else
        {
            _poller.Forget(_descriptor.Number);
            _poller.Change(Linux.EpollDelete, _descriptor, 0);
            _onHttp(_descriptor);
        }
    }

    void IPollable.GiveUp() => Close();

    private void Close()
    {
        if (_descriptor.IsClosed)
            return;
        _poller.Forget(_descriptor.Number);
        _descriptor.Dispose();
    }

    // From the heartbeat: the poller then finds that the connection has ended.
    private void Abort()
    {
        try
        {
            Linux.Shutdown(_descriptor);
        }
        catch (ObjectDisposedException)
        {
            // It has gone on in the meantime.
        }
    }

    private async Task RunAsync(UpgradeRequest request, ConnectTarget target)
    {
        using var socket = new PolledSocket(_poller, _descriptor);
        try
        {
            var running = await _front.StartAsync(request, target, _peer?.Address, isTls: false, socket, new PolledOutput(socket)).ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody waits for this task: what the layers below do not expect ends here, and with it the connection.
            LogFailed(_logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "a WebSocket could not be served")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
