using Sockudo.Server.Apps;

namespace Sockudo.Dashboard.Documents;

/// <summary>The limits in force for an app, its own or the global ones; null = no limit. Sizes are bytes.</summary>
internal sealed record LimitsDocument(
    int? MaxConnections, int? MaxClientEventsPerSecond, int? MaxBackendEventsPerSecond, int? MaxReadRequestsPerSecond, int? MaxPresenceMembersPerChannel,
    int? MaxPresenceMemberBytes, int? MaxChannelNameLength, int? MaxEventChannelsAtOnce, int? MaxEventNameLength, int? MaxEventDataBytes, int? MaxEventBatchSize)
{
    /// <summary>Those of an app.</summary>
    public static LimitsDocument Of(AppLimits limits) => new(
        Limit(limits.MaxConnections), Limit(limits.MaxClientEventsPerSecond), Limit(limits.MaxBackendEventsPerSecond), Limit(limits.MaxReadRequestsPerSecond),
        Limit(limits.MaxPresenceMembersPerChannel), Limit(limits.MaxPresenceMemberBytes), Limit(limits.MaxChannelNameLength), Limit(limits.MaxEventChannelsAtOnce),
        Limit(limits.MaxEventNameLength), Limit(limits.MaxEventDataBytes), Limit(limits.MaxEventBatchSize));

    private static int? Limit(int limit) => limit == int.MaxValue ? null : limit;
}
