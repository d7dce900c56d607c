using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;

namespace Sockudo.Server.Http;

/// <summary>
/// Reads and validates one event of <c>POST events</c> or of a batch (15.1). Frames are built straight from the body's bytes;
/// nothing is sent here, so that a request is accepted whole or not at all (B-2).
/// </summary>
internal sealed class EventReader(AppLimits limits)
{
    private static readonly ApiResponse InvalidChannel = ApiResponse.Error(400, "Invalid channel name");

    private readonly List<Publication> _publications = [];

    /// <summary>All events read so far, one per event and channel, in the order of the request.</summary>
    public List<Publication> Publications => _publications;

    /// <summary>The channels of the event read last, each once (O-5).</summary>
    public List<string> Channels { get; private set; } = [];

    /// <summary>What the <c>info</c> of the event read last asks for.</summary>
    public ChannelAttributes Info { get; private set; }

    /// <summary>Reads one event.</summary>
    /// <param name="json">A JSON object; empty when everything stands in the query.</param>
    /// <param name="query">Where to look for what the body lacks (G-5); null for batches.</param>
    /// <returns>Null, or the refusal.</returns>
    public ApiResponse? Read(ReadOnlySpan<byte> json, RequestQuery? query)
    {
        JsonValue name = default, data = default, channels = default, channel = default, socketId = default, info = default;
        var members = new JsonMembers(json.IsEmpty ? "{}"u8 : json);
        while (members.Read())
        {
            if (members.NameIs("name"u8))
                name = members.Value;
            else if (members.NameIs("data"u8))
                data = members.Value;
            else if (members.NameIs("channels"u8))
                channels = members.Value;
            else if (members.NameIs("channel"u8))
                channel = members.Value;
            else if (members.NameIs("socket_id"u8))
                socketId = members.Value;
            else if (members.NameIs("info"u8))
                info = members.Value;
        }

        if (!members.IsWellFormed)
            return ApiResponse.Error(400, "The body must be a JSON object");

        name = OrQuery(name, query, "name");
        data = OrQuery(data, query, "data");
        var error = CheckName(name)
            ?? CheckData(data)
            ?? ReadChannels(channels, channel, query)
            ?? ReadSocketId(OrQuery(socketId, query, "socket_id"), out _)
            ?? ReadInfo(OrQuery(info, query, "info"));
        if (error is not null)
            return error;

        ReadSocketId(OrQuery(socketId, query, "socket_id"), out var except);
        foreach (var target in Channels)
            _publications.Add(new Publication(target, EventFrame.Create(name.Raw, data, target), except));
        return null;
    }

    // G-4: null equals absent. G-5: the body wins.
    private static JsonValue OrQuery(JsonValue value, RequestQuery? query, string name)
    {
        if (!value.IsAbsent || query?.Find(name) is not { } text)
            return value;
        return new JsonValue(JsonTokenType.String, Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\""));
    }

    private ApiResponse? CheckName(JsonValue name)
    {
        if (name.IsAbsent)
            return ApiResponse.Error(400, "Missing required parameter: name");
        if (!name.TryGetString(out var text))
            return ApiResponse.Error(400, "Expected name parameter to be a string");
        if (text.Length == 0)
            return ApiResponse.Error(400, "Missing required parameter: name");
        if (text.Length > limits.MaxEventNameLength && text.EnumerateRunes().Count() > limits.MaxEventNameLength)
            return ApiResponse.Error(400, $"Event name too long: it may have at most {limits.MaxEventNameLength} characters");
        // T-4.
        return text.StartsWith("pusher:", StringComparison.Ordinal) || text.StartsWith("pusher_internal:", StringComparison.Ordinal)
            ? ApiResponse.Error(400, "Event names starting with pusher: or pusher_internal: are reserved")
            : null;
    }

    private ApiResponse? CheckData(JsonValue data)
    {
        if (data.IsAbsent)
            return ApiResponse.Error(400, "Missing required parameter: data");
        if (!data.TryGetDataLength(out var length))
            return ApiResponse.Error(400, "The data parameter is not valid text"); // F-10: a lone surrogate
        return length > limits.MaxEventDataBytes
            ? ApiResponse.Error(413, $"The data content of this event exceeds the allowed maximum ({limits.MaxEventDataBytes} bytes)")
            : null;
    }

    // T-1, T-2.
    private ApiResponse? ReadChannels(JsonValue channels, JsonValue channel, RequestQuery? query)
    {
        var names = new List<string>();
        if (channels.IsAbsent && channel.IsAbsent && query is not null)
        {
            names.AddRange(query.FindArray("channels"));
            if (query.Find("channel") is { } name)
                names.Add(name);
        }
        else if (!TryAdd(channels, names) || !TryAdd(channel, names))
        {
            return InvalidChannel;
        }

        if (names.Count == 0)
            return ApiResponse.Error(400, "Missing required parameter: channel");
        var unique = names.Count == 1 ? names : [.. names.Distinct(StringComparer.Ordinal)];
        if (unique.Count > limits.MaxEventChannelsAtOnce)
            return ApiResponse.Error(400, $"Too many channels: an event may have at most {limits.MaxEventChannelsAtOnce}");
        foreach (var each in unique)
        {
            if (!ChannelName.IsValid(each, limits.MaxChannelNameLength))
                return InvalidChannel;
        }

        Channels = unique;
        return null;
    }

    // A string is one name; an array holds names.
    private static bool TryAdd(JsonValue value, List<string> names)
    {
        if (value.IsAbsent)
            return true;
        if (value.IsString)
        {
            var isText = value.TryGetString(out var name);
            names.Add(name ?? "");
            return isText;
        }

        if (!value.IsArray)
            return false;
        var items = new JsonItems(value.Raw);
        while (items.Read())
        {
            if (!items.Value.TryGetString(out var name))
                return false;
            names.Add(name);
        }

        return true;
    }

    // T-5.
    private static ApiResponse? ReadSocketId(JsonValue value, out string? socketId)
    {
        socketId = null;
        if (value.IsAbsent)
            return null;
        return value.TryGetString(out socketId) && SocketId.IsWellFormed(socketId) ? null : ApiResponse.Error(400, "Invalid socket_id");
    }

    // T-6.
    private ApiResponse? ReadInfo(JsonValue value)
    {
        string? text = null;
        if (!value.IsAbsent && !value.TryGetString(out text))
            return ChannelDocument.UnknownAttribute;
        if (!ChannelDocument.TryParseInfo(text, out var attributes))
            return ChannelDocument.UnknownAttribute;
        Info = attributes;
        return null;
    }
}
