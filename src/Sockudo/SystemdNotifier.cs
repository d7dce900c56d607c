using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Sockudo;

/// <summary>
/// Tells systemd how the process is doing (<c>Type=notify</c>, sd_notify(3)): datagrams to the socket that <c>NOTIFY_SOCKET</c> names, and the sign of life that
/// <c>WatchdogSec=</c> asks for. Without that variable nothing is told. Safe from any thread; never throws.
/// </summary>
internal sealed partial class SystemdNotifier : IDisposable
{
    // systemd itself reads at once; nothing here may hang on somebody who does not.
    private const int SendTimeoutMs = 1000;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UnixDomainSocketEndPoint? _target;
    private readonly Socket? _socket;
    private readonly TimeSpan? _watchdog;
    private ITimer? _signsOfLife;
    private volatile bool _isReady;
    private int _hasFailed;

    /// <param name="address">Value of <c>NOTIFY_SOCKET</c>: a path, or <c>@</c> and an abstract name; null or empty = no systemd.</param>
    /// <param name="watchdog">Silence after which systemd restarts the process; null = it does not.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told once if the socket cannot be used.</param>
    public SystemdNotifier(string? address, TimeSpan? watchdog, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _watchdog = watchdog;
        if (string.IsNullOrEmpty(address))
            return;
        try
        {
            _target = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendTimeoutMs };
        }
        catch (Exception exception) when (exception is ArgumentException or SocketException or PlatformNotSupportedException)
        {
            Fail(exception);
        }
    }

    /// <summary>What systemd has set for this process; its children are not meant.</summary>
    public static SystemdNotifier FromEnvironment(TimeProvider time, ILogger logger)
    {
        var isMeant = Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } id || id == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var watchdog = isMeant && long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds) : (TimeSpan?)null;
        return new SystemdNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), watchdog, time, logger);
    }

    /// <summary>The start goes on, and may take so long.</summary>
    public void Starting(TimeSpan patience) => Send($"STATUS=Starting\n{Extension(patience)}");

    /// <summary>The listeners are open. From now on there are signs of life: a thread pool that is stuck sends none.</summary>
    /// <param name="status">One line for <c>systemctl status</c>.</param>
    public void Ready(string status)
    {
        _isReady = true;
        Send($"READY=1\nSTATUS={status}");
        if (_socket is not null && _watchdog is { } silence)
            _signsOfLife = _time.CreateTimer(static self => ((SystemdNotifier)self!).Send("WATCHDOG=1"), this, TimeSpan.Zero, silence / 2);
    }

    /// <summary>The configuration is being read again.</summary>
    public void Reloading()
    {
        if (_isReady)
            Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)_time.GetElapsedTime(0).TotalMicroseconds}"));
    }

    /// <summary>That is done.</summary>
    public void Reloaded()
    {
        if (_isReady)
            Send("READY=1");
    }

    /// <summary>The stop has begun, and may take so long.</summary>
    public void Stopping(TimeSpan patience)
    {
        _isReady = false;
        Send($"STOPPING=1\n{Extension(patience)}");
    }

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    public void Dispose()
    {
        _signsOfLife?.Dispose();
        _socket?.Dispose();
    }

    private static string Extension(TimeSpan patience) =>
        string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)patience.TotalMicroseconds}");

    private void Send(string state)
    {
        if (_socket is null)
            return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _target!);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        if (exception is not ObjectDisposedException && Interlocked.Exchange(ref _hasFailed, 1) == 0)
            LogFailed(_logger, exception.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "systemd cannot be told how the server is doing (NOTIFY_SOCKET)  reason={Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
