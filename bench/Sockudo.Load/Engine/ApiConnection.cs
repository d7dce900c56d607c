using System.Buffers.Text;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>A keep-alive connection to the HTTP API, on which any number of requests may be under way. Every answer must be 200.</summary>
internal sealed class ApiConnection : IByteSink, IDisposable
{
    private readonly LoadTarget _target;
    private readonly EventLoop _loop;
    private PendingBytes _pending = new();

    // Opened with the first request: servers do not wait long for that.
    private Transport? _transport;

    public ApiConnection(LoadTarget target, EventLoop loop)
    {
        _target = target;
        _loop = loop;
    }

    /// <summary>Requests sent and not yet answered.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Called for every answer, in the order of the requests.</summary>
    public Action OnAnswer { get; set; } = static () => { };

    /// <summary>Sends whole requests, so many of them.</summary>
    public void Send(ReadOnlySpan<byte> requests, int count)
    {
        Unanswered += count;
        _transport ??= Transport.Open(_target, _loop, source: null, receiveBuffer: null, this);
        _transport.Send(requests);
    }

    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        bytes = _pending.Join(bytes);
        while (TryTakeAnswer(ref bytes))
        {
            Unanswered--;
            OnAnswer();
        }

        _pending.Keep(bytes);
    }

    public void OnEnd() => throw new IOException("the server closed the HTTP connection");

    public void Dispose() => _transport?.Dispose();

    private static bool TryTakeAnswer(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = bytes[..end];
        if (!head.StartsWith("HTTP/1.1 200"u8))
            throw new IOException("the server refused a request: " + Encoding.UTF8.GetString(bytes));
        var total = end + 4 + ContentLength(head);
        if (bytes.Length < total)
            return false;
        bytes = bytes[total..];
        return true;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
            at = head.IndexOf("\r\ncontent-length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out int length, out _)
            ? length
            : throw new IOException("an answer without Content-Length: " + Encoding.ASCII.GetString(head));
    }
}
