using System.Net.Sockets;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>Publishes through the HTTP API on one connection, several requests at once if asked to.</summary>
internal sealed class HttpPublisher : IDisposable
{
    private readonly LoadTarget _target;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _unanswered;

    public HttpPublisher(LoadTarget target)
    {
        _target = target;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(target.Url.Host, target.Url.Port);
    }

    /// <summary>Sends requests without waiting for their answers.</summary>
    public void Send(IEnumerable<string> bodies)
    {
        var requests = bodies.Select(_target.PublishRequest).ToList();
        _unanswered += requests.Count;
        _socket.Send(requests.SelectMany(static request => request).ToArray());
    }

    /// <summary>Reads all answers that are due; each must be 200.</summary>
    public void ReadAnswers()
    {
        var text = "";
        while (_unanswered > 0)
        {
            var received = _socket.Receive(_buffer);
            if (received == 0)
                throw new IOException("the server closed the HTTP connection");
            text += Encoding.ASCII.GetString(_buffer, 0, received);
            while (TryTakeAnswer(ref text))
                _unanswered--;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryTakeAnswer(ref string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        if (!text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new IOException("the server refused an event: " + text);
        var length = text[..end].Split("\r\n").First(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
        var total = end + 4 + int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
        if (text.Length < total)
            return false;
        text = text[total..];
        return true;
    }
}
