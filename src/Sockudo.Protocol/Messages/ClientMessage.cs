using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>
/// One text message from a client: a JSON object with a string <c>event</c> (F-1). Members point into the received bytes,
/// which the caller must copy from before it awaits anything.
/// </summary>
public readonly ref struct ClientMessage
{
    private ClientMessage(JsonValue @event, JsonValue channel, JsonValue data, ClientMessageKind kind)
    {
        Event = @event;
        Channel = channel;
        Data = data;
        Kind = kind;
    }

    /// <summary>The name of the event, a string.</summary>
    public JsonValue Event { get; }

    /// <summary>The <c>channel</c> member of a client event.</summary>
    public JsonValue Channel { get; }

    /// <summary>The <c>data</c> member.</summary>
    public JsonValue Data { get; }

    /// <summary>What the event's name says.</summary>
    public ClientMessageKind Kind { get; }

    /// <summary>
    /// Reads a message. False for everything that is not a JSON object with a string <c>event</c> (F-3, F-4).
    /// </summary>
    /// <param name="utf8">Well-formed UTF-8.</param>
    /// <param name="message">Valid as long as <paramref name="utf8"/> is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ClientMessage message)
    {
        JsonValue @event = default, channel = default, data = default;
        var members = new JsonMembers(utf8);
        while (members.Read())
        {
            if (members.NameIs("event"u8))
                @event = members.Value;
            else if (members.NameIs("channel"u8))
                channel = members.Value;
            else if (members.NameIs("data"u8))
                data = members.Value;
        }

        message = default;
        if (!members.IsWellFormed || !@event.IsString)
            return false;
        if (@event.Content.Contains((byte)'\\'))
        {
            if (!@event.TryGetUtf8(out var name))
                return false;
            message = new ClientMessage(@event, channel, data, KindOf(name));
            return true;
        }

        message = new ClientMessage(@event, channel, data, KindOf(@event.Content));
        return true;
    }

    private static ClientMessageKind KindOf(ReadOnlySpan<byte> name)
    {
        // CE-2: exactly "client-", lower case.
        if (name.StartsWith("client-"u8))
            return ClientMessageKind.ClientEvent;
        if (!name.StartsWith("pusher:"u8))
            return ClientMessageKind.Unsupported;
        name = name["pusher:".Length..];
        return name switch
        {
            _ when name.SequenceEqual("subscribe"u8) => ClientMessageKind.Subscribe,
            _ when name.SequenceEqual("unsubscribe"u8) => ClientMessageKind.Unsubscribe,
            _ when name.SequenceEqual("ping"u8) => ClientMessageKind.Ping,
            _ when name.SequenceEqual("pong"u8) => ClientMessageKind.Pong,
            _ when name.SequenceEqual("signin"u8) => ClientMessageKind.SignIn,
            _ => ClientMessageKind.Unsupported,
        };
    }
}
