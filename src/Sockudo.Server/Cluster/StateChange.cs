using Sockudo.Protocol.Messages;
using Sockudo.Server.Webhooks;

namespace Sockudo.Server.Cluster;

/// <summary>
/// One piece of what a node says of itself. It says what is, not what happened: taken twice it changes nothing, and of two about the same thing the later one
/// holds.
/// </summary>
internal readonly record struct StateChange
{
    private const byte NumericId = 1;
    private const byte HasInfo = 2;
    private const byte IsGone = 0;
    private const byte IsThere = 1;
    private const byte Doubtful = 2;

    public StateChangeKind Kind { get; private init; }

    /// <summary>Id of the app.</summary>
    public string AppId { get; private init; }

    /// <summary>Name of the channel; empty for <see cref="StateChangeKind.Connections"/>.</summary>
    public string Channel { get; private init; }

    /// <summary>How many subscriptions or connections.</summary>
    public int Count { get; private init; }

    /// <summary>Who was added; of who was removed only the id is known.</summary>
    public PresenceMember? Member { get; private init; }

    /// <summary>What webhooks were told; of a member, if <see cref="Member"/> is not null.</summary>
    public OccupancyReport Report { get; private init; }

    public static StateChange Subscriptions(string appId, string channel, int count) =>
        new() { Kind = StateChangeKind.Subscriptions, AppId = appId, Channel = channel, Count = count };

    public static StateChange MemberAdded(string appId, string channel, PresenceMember member) =>
        new() { Kind = StateChangeKind.MemberAdded, AppId = appId, Channel = channel, Member = member };

    public static StateChange MemberRemoved(string appId, string channel, string userId) =>
        new() { Kind = StateChangeKind.MemberRemoved, AppId = appId, Channel = channel, Member = new PresenceMember(userId, isNumericId: false, info: null) };

    public static StateChange Connections(string appId, int count) =>
        new() { Kind = StateChangeKind.Connections, AppId = appId, Channel = "", Count = count };

    public static StateChange Told(string appId, string channel, string? userId, in OccupancyReport report) => new()
    {
        Kind = StateChangeKind.Told,
        AppId = appId,
        Channel = channel,
        Member = string.IsNullOrEmpty(userId) ? null : new PresenceMember(userId, isNumericId: false, info: null),
        Report = report,
    };

    public void Write(WireWriter writer)
    {
        writer.Byte((byte)Kind);
        writer.Text(AppId);
        if (Kind != StateChangeKind.Connections)
            writer.Text(Channel);
        if (Kind is StateChangeKind.Connections or StateChangeKind.Subscriptions)
        {
            writer.Number((ulong)Count);
            return;
        }

        if (Kind == StateChangeKind.Told)
        {
            writer.Text(Member?.Id ?? "");
            writer.Byte(Report.IsThere switch { null => Doubtful, true => IsThere, false => IsGone });
            Write(writer, Report.Id);
            Write(writer, Report.After);
            return;
        }

        writer.Text(Member!.Id);
        if (Kind != StateChangeKind.MemberAdded)
            return;
        writer.Byte((byte)((Member.IsNumericId ? NumericId : 0) | (Member.Info is null ? 0 : HasInfo)));
        if (Member.Info is not null)
            writer.Bytes(Member.Info);
    }

    /// <summary>The next change of a message; null at its end, and where it is damaged.</summary>
    public static StateChange? Read(ref WireReader reader)
    {
        if (reader.IsAtEnd)
            return null;
        var kind = (StateChangeKind)reader.Byte();
        var app = reader.Text();
        var channel = kind == StateChangeKind.Connections ? "" : reader.Text();
        var change = kind switch
        {
            StateChangeKind.Connections => Connections(app, reader.Count()),
            StateChangeKind.Subscriptions => Subscriptions(app, channel, reader.Count()),
            StateChangeKind.MemberAdded => MemberAdded(app, channel, ReadMember(ref reader)),
            StateChangeKind.MemberRemoved => MemberRemoved(app, channel, reader.Text()),
            StateChangeKind.Told => Told(app, channel, reader.Text(), ReadReport(ref reader)),
            _ => Unknown(ref reader),
        };
        return reader.IsDamaged ? null : change;
    }

    private static PresenceMember ReadMember(ref WireReader reader)
    {
        var id = reader.Text();
        var flags = reader.Byte();
        return new PresenceMember(id, (flags & NumericId) != 0, (flags & HasInfo) != 0 ? reader.Bytes().ToArray() : null);
    }

    private static OccupancyReport ReadReport(ref WireReader reader)
    {
        bool? isThere = reader.Byte() switch { IsThere => true, IsGone => false, _ => null };
        return new OccupancyReport(isThere, ReadId(ref reader), ReadId(ref reader));
    }

    private static void Write(WireWriter writer, ReportId id)
    {
        writer.Number(id.Number);
        if (!id.IsNone)
            writer.Fixed(id.Teller);
    }

    private static ReportId ReadId(ref WireReader reader) => reader.Number() is > 0 and var number ? new ReportId(reader.Fixed(), number) : default;

    // Nobody knows where the next one would begin.
    private static StateChange Unknown(ref WireReader reader)
    {
        reader.Rest();
        reader.Byte();
        return default;
    }
}
