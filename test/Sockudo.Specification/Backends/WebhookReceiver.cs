using System.Collections.Concurrent;
using System.Net;
using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>Somebody's web application that is told of webhooks: keeps what comes, and answers what a test says.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<WebhookRequest> _requests = new();
    private readonly WebhookListener _listener;

    /// <summary>Starts to listen.</summary>
    public WebhookReceiver() => _listener = new WebhookListener(async (request, response) =>
    {
        _requests.Add(request);
        if (Answer is { } answer)
            await answer(request, response);
    });

    /// <summary>Where it is.</summary>
    public string Url => _listener.Url;

    /// <summary>Answers a request; null = 200.</summary>
    public Func<WebhookRequest, HttpListenerResponse, Task>? Answer { get; set; }

    /// <summary>All requests so far that nobody has taken.</summary>
    public int Count => _requests.Count;

    /// <summary>Nobody listens any more.</summary>
    public void Close() => _listener.Close();

    /// <summary>Listens again.</summary>
    public void Listen() => _listener.Listen();

    /// <summary>The next request.</summary>
    public WebhookRequest Next() => _requests.TryTake(out var request, Patience) ? request : throw new TimeoutException("no webhook has come");

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

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _requests.Dispose();
    }
}
