namespace Sockudo.Server.Cluster;

/// <summary>An event on its way between nodes.</summary>
internal readonly ref struct EventMessage
{
    private const byte ForAllBut = 1;
    private const byte NamesChannel = 2;
    private const byte IsNumbered = 4;

    /// <summary>When its node accepted it, as that node counts time: nobody else can make anything of it.</summary>
    public long Accepted { get; private init; }

    /// <summary>The connection that does not get it; null = all do.</summary>
    public string? ExceptSocketId { get; private init; }

    /// <summary>App and channel, where the topic does not say them; else null.</summary>
    public (string AppId, string Channel)? Channel { get; private init; }

    /// <summary>Which event of its node on the channel it is, if the cache that nodes share has it; else null.</summary>
    public ulong? Number { get; private init; }

    /// <summary>The text message as clients get it.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    public static byte[] Write(
        NodeId self, long accepted, string? exceptSocketId, (string AppId, string Channel)? channel, ulong? number, ReadOnlySpan<byte> payload)
    {
        var writer = new WireWriter(MessageKind.Event, self, payload.Length + 64);
        writer.Byte((byte)((exceptSocketId is null ? 0 : ForAllBut) | (channel is null ? 0 : NamesChannel) | (number is null ? 0 : IsNumbered)));
        writer.Fixed((ulong)accepted);
        if (exceptSocketId is not null)
            writer.Text(exceptSocketId);
        if (channel is var (app, name))
        {
            writer.Text(app);
            writer.Text(name);
        }

        if (number is { } value)
            writer.Fixed(value);
        writer.Rest(payload);
        return writer.ToArray();
    }

    /// <summary>False if it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out EventMessage result)
    {
        var reader = new WireReader(message);
        var flags = reader.Byte();
        var accepted = (long)reader.Fixed();
        var except = (flags & ForAllBut) != 0 ? reader.Text() : null;
        (string, string)? channel = (flags & NamesChannel) != 0 ? (reader.Text(), reader.Text()) : null;
        ulong? number = (flags & IsNumbered) != 0 ? reader.Fixed() : null;
        result = new EventMessage { Accepted = accepted, ExceptSocketId = except, Channel = channel, Number = number, Payload = reader.Rest() };
        return !reader.IsDamaged && !result.Payload.IsEmpty;
    }
}
