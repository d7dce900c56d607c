using System.Globalization;
using System.Net;
using System.Text;

namespace Sockudo.Specification.Backends;

/// <summary>Somebody's web application at a place that stays the same, whether or not anybody listens there.</summary>
public sealed class WebhookListener : IAsyncDisposable
{
    private readonly int _port = FreePort.Next();
    private readonly Func<WebhookRequest, HttpListenerResponse, Task> _answer;
    private HttpListener? _listener;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Answers a request: 200 with nothing more, unless it says otherwise.</param>
    public WebhookListener(Func<WebhookRequest, HttpListenerResponse, Task> answer)
    {
        _answer = answer;
        Listen();
    }

    /// <summary>Where it is.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/hook");

    /// <summary>Nobody listens any more.</summary>
    public void Close() => _listener?.Close();

    /// <summary>Listens again.</summary>
    public void Listen()
    {
        var listener = _listener = new HttpListener();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        listener.Start();
        _ = AcceptAsync(listener);
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return default;
    }

    private async Task AcceptAsync(HttpListener listener)
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var headers = context.Request.Headers.AllKeys.ToDictionary(static name => name!, name => context.Request.Headers[name]!, StringComparer.Ordinal);
            await _answer(new WebhookRequest(context.Request.HttpMethod, context.Request.RawUrl!, headers, await reader.ReadToEndAsync()), context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The sender has gone, or the test is over.
        }
    }
}
