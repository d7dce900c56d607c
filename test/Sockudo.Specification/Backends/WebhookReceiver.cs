using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>Somebody's web application that is told of webhooks: keeps what comes, and answers what a test says.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly int _port = FreePort.Next();
    private readonly BlockingCollection<Request> _requests = new();
    private HttpListener? _listener;

    /// <summary>Starts to listen.</summary>
    public WebhookReceiver() => Listen();

    /// <summary>Where it is.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/hook");

    /// <summary>Answers a request; null = 200.</summary>
    public Func<Request, HttpListenerResponse, Task>? Answer { get; set; }

    /// <summary>All requests so far that nobody has taken.</summary>
    public int Count => _requests.Count;

    /// <summary>Nobody listens any more.</summary>
    public void Close()
    {
        _listener?.Close();
        _listener = null;
    }

    /// <summary>Listens again.</summary>
    public void Listen()
    {
        var listener = _listener = new HttpListener();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        listener.Start();
        _ = AcceptAsync(listener);
    }

    /// <summary>The next request.</summary>
    public Request Next() => _requests.TryTake(out var request, Patience) ? request : throw new TimeoutException("no webhook has come");

    /// <summary>The events of the next requests, one by one, as JSON without the members in front of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="secret">The app's secret, which must have signed them.</param>
    public IReadOnlyList<string> Events(int count, string secret)
    {
        var events = new List<string>();
        while (events.Count < count)
            events.AddRange(Next().Verify(secret).Events);
        return events;
    }

    /// <summary>Nothing comes for a while.</summary>
    public void ExpectNothing(TimeSpan time) => Assert.False(_requests.TryTake(out var request, time), request?.Body);

    public ValueTask DisposeAsync()
    {
        Close();
        _requests.Dispose();
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
            var request = new Request(context.Request.HttpMethod, context.Request.RawUrl!, headers, await reader.ReadToEndAsync());
            _requests.Add(request);
            if (Answer is { } answer)
                await answer(request, context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The sender has gone, or the test is over.
        }
    }

    /// <summary>A request as it came.</summary>
    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        /// <summary>The events, one by one.</summary>
        public IReadOnlyList<string> Events => [.. JsonNode.Parse(Body)!["events"]!.AsArray().Select(static item => item!.ToJsonString(JsonOptions))];

        private static System.Text.Json.JsonSerializerOptions JsonOptions { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        /// <summary>The signature must be that of the bytes of the body.</summary>
        public Request Verify(string secret)
        {
            Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Body))), Headers["X-Pusher-Signature"]);
            return this;
        }
    }
}
