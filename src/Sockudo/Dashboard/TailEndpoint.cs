using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Sockudo.Dashboard.Documents;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Http;
using Sockudo.Server.Inspection;

namespace Sockudo.Dashboard;

/// <summary>
/// What is published on this node, as Server-Sent Events: <c>event</c> for each, <c>dropped</c> when the watcher was too slow, a comment now and then so that proxies do not
/// end the answer.
/// </summary>
/// <param name="tail">What is published.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends all answers.</param>
internal sealed class TailEndpoint(EventTail tail, TimeProvider time, CancellationToken stopping)
{
    private const int BatchBytes = 64 * 1024;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // Who takes nothing for so long does not come back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ApiResponse TooManyWatchers = ApiResponse.Error(503, $"{EventTail.MaxWatchers} watch already; close one of them");

    /// <summary>Answers until the caller has gone or the server stops.</summary>
    public async ValueTask<ApiResponse?> RunAsync(HttpContext context, RequestQuery query)
    {
        if (context.Request.Method != "GET")
            return AdminApi.NotAllowed("GET");
        using var watcher = tail.TryWatch(query.Find("app") is { Length: > 0 } app ? app : null, query.Find("prefix") ?? "");
        if (watcher is null)
            return TooManyWatchers;

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await WriteAllAsync(context, watcher, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // He has gone, or took nothing for too long; or the server stops, and waits for nobody to take the rest.
            context.Abort();
        }

        return null;
    }

    private async Task WriteAllAsync(HttpContext context, EventTailWatcher watcher, CancellationToken end)
    {
        await context.Response.StartAsync(end).ConfigureAwait(false);
        var output = context.Response.BodyWriter;
        output.Write(": open\n\n"u8);
        var told = 0L;
        var waiting = Task.CompletedTask;
        while (true)
        {
            await FlushAsync(output, end).ConfigureAwait(false);
            if (waiting.IsCompleted)
                waiting = watcher.WaitAsync(end);
            try
            {
                await waiting.WaitAsync(Silence, time, end).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                output.Write(":\n\n"u8);
            }

            var written = 0;
            while (written < BatchBytes && watcher.TryRead(out var next))
                written += Write(output, "event"u8, EventDocument.Of(next), AdminJson.Default.EventDocument);
            if (watcher.Dropped is var dropped && dropped > told)
            {
                Write(output, "dropped"u8, new DroppedDocument(dropped - told, dropped), AdminJson.Default.DroppedDocument);
                told = dropped;
            }
        }
    }

    private async Task FlushAsync(PipeWriter output, CancellationToken end)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, end);
        await output.FlushAsync(either.Token).ConfigureAwait(false);
    }

    private static int Write<T>(IBufferWriter<byte> output, ReadOnlySpan<byte> name, T document, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(document, type);
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        output.Write(json);
        output.Write("\n\n"u8);
        return json.Length;
    }
}
