using System.Text.Json;
using System.Text.Unicode;
using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Server.Apps;
using Sockudo.Server.Http;
using Sockudo.Server.Options;

namespace Sockudo.Fuzz.Targets;

/// <summary>The bodies of <c>POST events</c> and <c>POST batch_events</c>: the same bodies are refused as with <see cref="JsonDocument"/> and the rules T-1 to T-6, and the others become the events that stand in them.</summary>
internal static class HttpBodyTarget
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private static readonly AppLimits Limits = AppLimits.For(new App { Id = "a", Key = "k", Secret = "s" }, new SockudoOptions());

    public static void Check(byte[] input)
    {
        // G-3: answered before.
        if (!Utf8.IsValid(input))
            return;
        CheckEvent(input);
        CheckBatch(input);
    }

    private static void CheckEvent(byte[] input)
    {
        var reader = new EventReader(Limits);
        var refusal = reader.Read(input, query: null);
        using var document = ReferenceJson.ReadObject(input.Length == 0 ? "{}"u8 : input);
        var channels = document is null ? null : ChannelsOf(document.RootElement);
        Finding.UnlessSame(channels is null, refusal is not null, "refused");
        if (channels is null)
        {
            using var answer = JsonDocument.Parse(refusal!.Body);
            Finding.Unless(refusal.Status is 400 or 413 && answer.RootElement.GetProperty("error").GetString() is { Length: > 0 }, "a refusal without a reason");
            return;
        }

        Finding.UnlessSame(string.Join(' ', channels), string.Join(' ', reader.Channels), "channels");
        Finding.UnlessSame(channels.Count, reader.Publications.Count, "events");
        foreach (var publication in reader.Publications)
        {
            using var frame = JsonDocument.Parse(publication.Frame.Payload.ToArray(), Deep);
            var data = ReferenceJson.Last(document!.RootElement, "data");
            Finding.UnlessSame(publication.Channel, frame.RootElement.GetProperty("channel").GetString(), "channel");
            Finding.UnlessSame(ReferenceJson.Text(ReferenceJson.Last(document.RootElement, "name")), frame.RootElement.GetProperty("event").GetString(), "event");
            Finding.UnlessSame(ReferenceJson.Text(data) ?? data.GetRawText(), frame.RootElement.GetProperty("data").GetString(), "data");
        }
    }

    private static void CheckBatch(byte[] input)
    {
        var reader = new EventReader(Limits);
        var described = new List<(string Channel, ChannelAttributes Info)>();
        var refusal = EventEndpoints.ReadBatch(Limits, input, reader, described);
        using var document = ReferenceJson.ReadObject(input);
        var batch = document is null ? default : ReferenceJson.Last(document.RootElement, "batch");
        List<List<string>?> events = batch.ValueKind != JsonValueKind.Array ? [null]
            : [.. batch.EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.Object ? ChannelsOf(item) : null)];
        Finding.UnlessSame(events.Count > Limits.MaxEventBatchSize || events.Contains(null), refusal is not null, "batch refused");
        if (refusal is not null)
            return;
        Finding.UnlessSame(string.Join(' ', events.SelectMany(static channels => channels!)), string.Join(' ', reader.Publications.Select(static publication => publication.Channel)), "events of the batch");
        Finding.UnlessSame(string.Join(' ', events.Select(static channels => channels![0])), string.Join(' ', described.Select(static item => item.Channel)), "channels of the batch");
    }

    // Null if the body has to be refused.
    private static List<string>? ChannelsOf(JsonElement body)
    {
        var name = ReferenceJson.Text(ReferenceJson.Last(body, "name"));
        if (string.IsNullOrEmpty(name) || name.EnumerateRunes().Count() > Limits.MaxEventNameLength
            || name.StartsWith("pusher:", StringComparison.Ordinal) || name.StartsWith("pusher_internal:", StringComparison.Ordinal))
            return null;
        var data = ReferenceJson.Last(body, "data");
        if (ReferenceJson.IsAbsent(data) || (data.ValueKind == JsonValueKind.String && ReferenceJson.Text(data) is null))
            return null;
        if (System.Text.Encoding.UTF8.GetByteCount(ReferenceJson.Text(data) ?? data.GetRawText()) > Limits.MaxEventDataBytes)
            return null;
        var socketId = ReferenceJson.Last(body, "socket_id");
        if (!ReferenceJson.IsAbsent(socketId) && !SocketId.IsWellFormed(ReferenceJson.Text(socketId)))
            return null;
        var info = ReferenceJson.Last(body, "info");
        if (!ReferenceJson.IsAbsent(info) && (ReferenceJson.Text(info) is not { } text || !ChannelDocument.TryParseInfo(text, out _)))
            return null;

        var channels = new List<string>();
        foreach (var member in new[] { "channels", "channel" })
        {
            var value = ReferenceJson.Last(body, member);
            if (ReferenceJson.IsAbsent(value))
                continue;
            if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.String))
                return null;
            foreach (var item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
            {
                if (ReferenceJson.Text(item) is not { } channel || !ChannelName.IsValid(channel, Limits.MaxChannelNameLength))
                    return null;
                if (!channels.Contains(channel))
                    channels.Add(channel);
            }
        }

        return channels.Count == 0 || channels.Count > Limits.MaxEventChannelsAtOnce ? null : channels;
    }
}
