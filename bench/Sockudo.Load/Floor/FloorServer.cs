using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Floor;

/// <summary>
/// The kernel's own floor: a server that does nothing for a message but loop over <c>send</c>. It understands just enough of the
/// protocol that the same load generator can talk to it: every WebSocket is subscribed to everything.
/// </summary>
internal sealed unsafe class FloorServer
{
    private const string SwitchingProtocols = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

    private readonly EventLoop _loop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<long, Socket> _sockets = [];
    private readonly List<int> _subscribers = [];
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly Dictionary<long, byte[]> _pending = [];

    /// <summary>Listens on a free port, says which, and serves until it is killed.</summary>
    public void Run()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _loop.Add((int)_listener.Handle, 0);
        Console.Out.WriteLine($"addresses=http://{_listener.LocalEndPoint}");
        while (true)
            _loop.Poll(-1, Handle);
    }

    private void Handle(long id)
    {
        if (id == 0)
        {
            var accepted = _listener.Accept();
            accepted.NoDelay = true;
            _sockets[(int)accepted.Handle] = accepted;
            _loop.Add((int)accepted.Handle, (int)accepted.Handle);
            return;
        }

        nint received;
        fixed (byte* data = _buffer)
            received = Native.Receive((int)id, data, _buffer.Length, Native.DontWait);
        if (received > 0)
        {
            Answer(id, _buffer.AsSpan(0, (int)received));
            return;
        }

        _loop.Remove((int)id);
        _subscribers.Remove((int)id);
        if (_sockets.Remove(id, out var closed))
            closed.Dispose();
    }

    private void Answer(long id, ReadOnlySpan<byte> bytes)
    {
        if (_pending.Remove(id, out var earlier))
            bytes = (byte[])[.. earlier, .. bytes];
        if (bytes.StartsWith("GET "u8))
        {
            _subscribers.Add((int)id);
            Send((int)id, [.. Encoding.ASCII.GetBytes(SwitchingProtocols), .. Frame("""{"event":"pusher:connection_established","data":"{\"socket_id\":\"1.1\"}"}""")]);
            return;
        }

        if (!bytes.StartsWith("POST"u8))
        {
            Send((int)id, Frame("""{"event":"pusher_internal:subscription_succeeded","data":"{}"}"""));
            return;
        }

        while (TryTakeRequest(ref bytes, out var body))
        {
            using var json = JsonDocument.Parse(body.ToArray());
            var frame = Frame($$"""{"event":"load","data":"{{json.RootElement.GetProperty("data").GetString()}}","channel":"load-0"}""");
            SendToAll(frame);
            Send((int)id, Encoding.ASCII.GetBytes(Ok));
        }

        if (!bytes.IsEmpty)
            _pending[id] = bytes.ToArray();
    }

    // What is measured.
    private void SendToAll(byte[] frame)
    {
        fixed (byte* data = frame)
        {
            foreach (var descriptor in _subscribers)
            {
                if (Native.Send(descriptor, data, frame.Length, Native.DontWait | Native.NoSignal) != frame.Length)
                    throw new IOException("a subscriber does not read");
            }
        }
    }

    private static void Send(int descriptor, byte[] bytes)
    {
        fixed (byte* data = bytes)
            _ = Native.Send(descriptor, data, bytes.Length, Native.NoSignal);
    }

    private static bool TryTakeRequest(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var length = bytes[(bytes.IndexOf("Content-Length: "u8) + 16)..];
        _ = System.Buffers.Text.Utf8Parser.TryParse(length, out int contentLength, out _);
        if (bytes.Length < end + 4 + contentLength)
            return false;
        body = bytes.Slice(end + 4, contentLength);
        bytes = bytes[(end + 4 + contentLength)..];
        return true;
    }

    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return payload.Length < 126
            ? [0x81, (byte)payload.Length, .. payload]
            : [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }
}
