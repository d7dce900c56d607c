using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Sockudo.Server.Sockets;

/// <summary>
/// One poller's ear at a listening TCP socket. All pollers listen: whichever is free takes the next connections, and keeps them.
/// </summary>
/// <param name="socket">Bound, listening, and non-blocking.</param>
/// <param name="poller">Whose ear it is.</param>
/// <param name="reserve">Descriptors that are not for connections.</param>
/// <param name="onAccepted">Takes each connection.</param>
/// <param name="logger">For running out of descriptors.</param>
internal sealed partial class ListeningSocket(
    Socket socket, Poller poller, DescriptorReserve reserve, Action<Poller, Descriptor, IPEndPoint?> onAccepted, ILogger logger) : IPollable
{
    // So that a storm of connects does not starve the connections that are there.
    private const int AcceptsPerRound = 64;

    private bool _isShort;

    public SafeHandle Handle => socket.SafeHandle;

    public int Number { get; } = (int)socket.Handle;

    /// <summary>Does not listen any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Begins to listen.</summary>
    public void Open() => poller.Listen(this);

    /// <summary>Stops listening; the socket itself is closed by whoever opened it. May be called again.</summary>
    public void Close()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        poller.Unlisten(this);
    }

    void IPollable.OnReady()
    {
        try
        {
            Accept();
        }
        catch (ObjectDisposedException) when (IsClosed)
        {
            // Closed between the look and the call.
        }
    }

    // It is the only ear of its poller, so it listens again after a while.
    void IPollable.GiveUp() => poller.Rest(this);

    private void Accept()
    {
        for (var i = 0; i < AcceptsPerRound && !IsClosed; i++)
        {
            if (!reserve.TryHold())
            {
                Refused(Linux.TooManyOpenFiles);
                return;
            }

            var accepted = Linux.Accept(Handle, out var peer);
            if (accepted.IsInvalid)
            {
                Refused(Marshal.GetLastPInvokeError());
                return;
            }

            _isShort = false;
            onAccepted(poller, accepted, peer);
        }
    }

    private void Refused(int error)
    {
        // "There is none", and what happened to one connection only.
        if (error is Linux.WouldBlock or Linux.Interrupted or Linux.ConnectionAborted || IsClosed)
            return;
        reserve.Release();
        if (!_isShort)
            LogShort(logger, Marshal.GetPInvokeErrorMessage(error));
        _isShort = true;
        poller.Rest(this);
    }

    [LoggerMessage(1, LogLevel.Error, "connections cannot be accepted for now; raise the limit of open files if it is that  reason={Reason}")]
    internal static partial void LogShort(ILogger logger, string reason);
}
