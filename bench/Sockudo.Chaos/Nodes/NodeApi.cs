using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sockudo.Specification;

namespace Sockudo.Chaos.Nodes;

/// <summary>Signed requests to one node, over connections that stay.</summary>
internal sealed class NodeApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // No node is cut off earlier after it was connected (adapter.cluster_health.isolation_timeout_ms).
    private static readonly TimeSpan Isolation = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http;
    private readonly PusherHttp _signer;
    private long _cutOffAt;

    /// <param name="address">The node.</param>
    /// <param name="app">The app.</param>
    public NodeApi(Uri address, TestApp app)
    {
        _http = new HttpClient(NewHandler()) { BaseAddress = address, Timeout = Patience };
        _signer = new PusherHttp(new ServerUnderTest(address), app);
    }

    /// <summary>Takes whatever certificate comes: it is made anew in the course of the run.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        ConnectTimeout = Patience,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    };

    /// <summary>Status of an unsigned GET; 0 if there is no answer.</summary>
    public async Task<int> StatusAsync(string path)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
            return (int)answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>A signed GET below <c>/apps/{id}</c>; the JSON of a 200, else null.</summary>
    public async Task<JsonNode?> GetAsync(string rest, params (string Name, string Value)[] query)
    {
        var path = _signer.Path(rest);
        try
        {
            using var answer = await _http.GetAsync(new Uri($"{path}?{_signer.Sign("GET", path, "", query)}", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Publishes one event; what became of it as far as the caller can tell.</summary>
    public async Task<PublishOutcome> PublishAsync(string channel, string name, string data)
    {
        var path = _signer.Path("/events");
        var body = new JsonObject { ["name"] = name, ["data"] = data, ["channels"] = new JsonArray(channel) }.ToJsonString();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var cutOffAt = Interlocked.Read(ref _cutOffAt);
        try
        {
            using var answer = await _http.PostAsync(new Uri($"{path}?{_signer.Sign("POST", path, body)}", UriKind.Relative), content);
            if (answer.StatusCode == HttpStatusCode.OK)
                return PublishOutcome.Acknowledged;
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                return PublishOutcome.Refused;
            // A node that is being cut off gives up what it waits for, and cannot know what becomes of it. Only one that was cut off before it was asked, and has been since, sends nothing.
            Interlocked.Exchange(ref _cutOffAt, TimeProvider.System.GetTimestamp());
            return cutOffAt != 0 && TimeProvider.System.GetElapsedTime(cutOffAt) < Isolation ? PublishOutcome.Refused : PublishOutcome.Unknown;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return PublishOutcome.Refused;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return PublishOutcome.Unknown;
        }
    }

    public void Dispose() => _http.Dispose();
}
