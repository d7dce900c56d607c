using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Sockudo.Specification.Backends;

namespace Sockudo.Tests.Telemetry;

/// <summary>A collector that speaks OTLP by HTTP with protobuf, and keeps what it is sent.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string? Key, byte[] Body)> _requests = new();
    private readonly HttpListener _listener = new();
    private readonly int _port = FreePort.Next();

    public OtlpCollector()
    {
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    /// <summary>The header <c>x-api-key</c> of all requests.</summary>
    public IEnumerable<string?> Keys => _requests.Select(static request => request.Key);

    /// <summary>Names of metrics, once one of them is there.</summary>
    public async Task<IReadOnlySet<string>> MetricsAsync(string awaited)
    {
        // ExportMetricsServiceRequest.resource_metrics.scope_metrics.metrics.name
        return await UntilAsync("/v1/metrics", [1, 2, 2, 1], names => names.Contains(awaited));
    }

    /// <summary>Names of spans, once one of them is there.</summary>
    public Task<IReadOnlySet<string>> SpansAsync(string awaited)
    {
        // ExportTraceServiceRequest.resource_spans.scope_spans.spans.name
        return UntilAsync("/v1/traces", [1, 2, 2, 5], names => names.Contains(awaited));
    }

    /// <summary>Texts among the attributes of the resource.</summary>
    public IReadOnlySet<string> ResourceValues(string path) =>
        // resource_*.resource.attributes.value.string_value
        Texts(path, [1, 1, 1, 2, 1]);

    /// <summary>Whether a text is anywhere in what was sent.</summary>
    public bool Contains(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return _requests.Any(request => request.Body.AsSpan().IndexOf(bytes) >= 0);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Close();
        return default;
    }

    private async Task<IReadOnlySet<string>> UntilAsync(string path, int[] fields, Func<IReadOnlySet<string>, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var names = Texts(path, fields);
            if (condition(names))
                return names;
            await Task.Delay(50, timeout.Token);
        }
    }

    private HashSet<string> Texts(string path, int[] fields) =>
        [.. _requests.Where(request => request.Path == path).SelectMany(request => Protobuf.Texts(request.Body, fields))];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["x-api-key"], body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }
}
