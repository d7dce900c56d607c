using Sockudo.Protocol.Json;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Http;

/// <summary><c>POST events</c> and <c>POST batch_events</c> (15.1, 15.2). Everything is validated before anything is sent.</summary>
internal sealed class EventEndpoints(Hub hub, Publisher publisher, AppRates rates)
{
    /// <summary>One event for one or several channels.</summary>
    public async ValueTask<ApiResponse> PublishAsync(AppScope app, ReadOnlyMemory<byte> body, RequestQuery query, CancellationToken cancellationToken)
    {
        var reader = new EventReader(app.Limits);
        if (reader.Read(body.Span, query) is { } invalid)
            return invalid;
        if (await PublishAsync(app, reader, events: 1, cancellationToken).ConfigureAwait(false) is { } refused)
            return refused;
        return reader.Info == ChannelAttributes.None ? ApiResponse.Ok : DescribeAll(app, reader.Channels, reader.Info);
    }

    /// <summary>Several events, all or none (B-2).</summary>
    public async ValueTask<ApiResponse> PublishBatchAsync(AppScope app, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var reader = new EventReader(app.Limits);
        var described = new List<(string Channel, ChannelAttributes Info)>();
        if (ReadBatch(app.Limits, body.Span, reader, described) is { } invalid)
            return invalid;
        if (described.Count == 0)
            return ApiResponse.EmptyObject; // B-1
        if (await PublishAsync(app, reader, described.Count, cancellationToken).ConfigureAwait(false) is { } refused)
            return refused;
        return described.Any(static item => item.Info != ChannelAttributes.None) ? DescribeBatch(app, described) : ApiResponse.EmptyObject;
    }

    /// <summary>15.7: the body is the data of one event, which the query names. 202 with an empty body.</summary>
    public async ValueTask<ApiResponse> PublishLegacyAsync(
        AppScope app, string channel, ReadOnlyMemory<byte> body, RequestQuery query, CancellationToken cancellationToken)
    {
        var json = ApiResponse.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("channel"u8, channel);
            writer.WriteString("data"u8, body.Span);
            writer.WriteEndObject();
        }).Body;
        var answer = await PublishAsync(app, json, query, cancellationToken).ConfigureAwait(false);
        return answer.Status == 200 ? new ApiResponse(202, default) : answer;
    }

    private async ValueTask<ApiResponse?> PublishAsync(AppScope app, EventReader reader, int events, CancellationToken cancellationToken)
    {
        if (await rates.AcquireEventsAsync(app, events, cancellationToken).ConfigureAwait(false) is { } refused)
            return refused;
        // O-2: in the order of the request.
        await publisher.PublishAsync(app, reader.Publications, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads and validates a batch; null, or the refusal.</summary>
    /// <param name="limits">Those of the app.</param>
    /// <param name="body">The body.</param>
    /// <param name="reader">Takes the events in.</param>
    /// <param name="described">Takes the channel of each, and what to tell of it.</param>
    internal static ApiResponse? ReadBatch(
        AppLimits limits, ReadOnlySpan<byte> body, EventReader reader, List<(string Channel, ChannelAttributes Info)> described)
    {
        JsonValue batch = default;
        var members = new JsonMembers(body);
        while (members.Read())
        {
            if (members.NameIs("batch"u8))
                batch = members.Value;
        }

        if (!members.IsWellFormed)
            return ApiResponse.Error(400, "The body must be a JSON object");
        if (!batch.IsArray)
            return ApiResponse.Error(400, "Missing required parameter: batch");

        var count = 0;
        var counter = new JsonItems(batch.Raw);
        while (counter.Read())
            count++;
        if (count > limits.MaxEventBatchSize)
            return ApiResponse.Error(400, $"Batch too large ({count} > {limits.MaxEventBatchSize})");

        var items = new JsonItems(batch.Raw);
        while (items.Read())
        {
            if (!items.Value.IsObject)
                return ApiResponse.Error(400, "Every event of a batch must be an object");
            if (reader.Read(items.Value.Raw, query: null) is { } invalid)
                return invalid;
            described.Add((reader.Channels[0], reader.Info)); // B-3
        }

        return null;
    }

    private ApiResponse DescribeAll(AppScope app, IReadOnlyList<string> channels, ChannelAttributes info) => ApiResponse.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("channels"u8);
        foreach (var channel in channels)
        {
            writer.WriteStartObject(channel);
            ChannelDocument.WriteCounts(writer, channel, hub.Describe(app, channel), info);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    // B-4: an array, aligned by index.
    private ApiResponse DescribeBatch(AppScope app, List<(string Channel, ChannelAttributes Info)> items) => ApiResponse.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("batch"u8);
        foreach (var (channel, info) in items)
        {
            writer.WriteStartObject();
            ChannelDocument.WriteCounts(writer, channel, hub.Describe(app, channel), info);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
