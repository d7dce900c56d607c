using Sockudo.Server.Options;

namespace Sockudo.Server.Apps;

/// <summary>
/// The limits in force for an app: its own field, else the global key (protocol section 17). No limit is
/// <see cref="int.MaxValue"/>, so that a comparison is all there is to do.
/// </summary>
internal sealed record AppLimits
{
    public required int MaxConnections { get; init; }

    public required int MaxClientEventsPerSecond { get; init; }

    public required int MaxBackendEventsPerSecond { get; init; }

    public required int MaxReadRequestsPerSecond { get; init; }

    public required int MaxPresenceMembersPerChannel { get; init; }

    /// <summary>Bytes of a member's <c>user_info</c> as JSON text without white space (P-3).</summary>
    public required int MaxPresenceMemberBytes { get; init; }

    public required int MaxChannelNameLength { get; init; }

    public required int MaxEventChannelsAtOnce { get; init; }

    public required int MaxEventNameLength { get; init; }

    /// <summary>Bytes of UTF-8 of an event's data string (T-3).</summary>
    public required int MaxEventDataBytes { get; init; }

    public required int MaxEventBatchSize { get; init; }

    /// <summary>The limits of an app under these options.</summary>
    public static AppLimits For(App app, SockudoOptions options) => new()
    {
        MaxConnections = Limit(app.MaxConnections, 0),
        MaxClientEventsPerSecond = Limit(app.MaxClientEventsPerSecond, options.EventLimits.MaxClientEventsPerSecond),
        MaxBackendEventsPerSecond = Limit(app.MaxBackendEventsPerSecond, 0),
        MaxReadRequestsPerSecond = Limit(app.MaxReadRequestsPerSecond, 0),
        MaxPresenceMembersPerChannel = Limit(app.MaxPresenceMembersPerChannel, options.Presence.MaxMembersPerChannel),
        MaxPresenceMemberBytes = Bytes(Limit(app.MaxPresenceMemberSizeInKb, options.Presence.MaxMemberSizeInKb)),
        MaxChannelNameLength = Limit(app.MaxChannelNameLength, options.ChannelLimits.MaxNameLength),
        MaxEventChannelsAtOnce = Limit(app.MaxEventChannelsAtOnce, options.EventLimits.MaxChannelsAtOnce),
        MaxEventNameLength = Limit(app.MaxEventNameLength, options.EventLimits.MaxNameLength),
        MaxEventDataBytes = Bytes(Limit(app.MaxEventPayloadInKb, options.EventLimits.MaxPayloadInKb)),
        MaxEventBatchSize = Limit(app.MaxEventBatchSize, options.EventLimits.MaxBatchSize),
    };

    // configuration.md 4.2: "0 and -1 mean no limit".
    private static int Limit(int? own, int global) => (own ?? global) is var limit and > 0 ? limit : int.MaxValue;

    private static int Bytes(int kilobytes) => kilobytes > int.MaxValue / 1024 ? int.MaxValue : kilobytes * 1024;
}
