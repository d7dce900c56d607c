using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Server.Tests.Apps;

/// <summary>Protocol section 17 and configuration.md 4.2.</summary>
public class AppLimitsTests
{
    private const int None = int.MaxValue;

    private static readonly App Bare = new() { Id = "a", Key = "k", Secret = "s" };

    private static readonly SockudoOptions Global = new()
    {
        ChannelLimits = new() { MaxNameLength = 11 },
        EventLimits = new() { MaxChannelsAtOnce = 12, MaxNameLength = 13, MaxPayloadInKb = 14, MaxBatchSize = 15, MaxClientEventsPerSecond = 16 },
        Presence = new() { MaxMembersPerChannel = 17, MaxMemberSizeInKb = 18 },
    };

    // Field of the app, limit, unit, global value (null: there is no global key), default.
    public static TheoryData<string, string, int, int?, int> Limits => new()
    {
        { "MaxConnections", "MaxConnections", 1, null, None },
        { "MaxClientEventsPerSecond", "MaxClientEventsPerSecond", 1, 16, 10 },
        { "MaxBackendEventsPerSecond", "MaxBackendEventsPerSecond", 1, null, None },
        { "MaxReadRequestsPerSecond", "MaxReadRequestsPerSecond", 1, null, None },
        { "MaxPresenceMembersPerChannel", "MaxPresenceMembersPerChannel", 1, 17, 100 },
        { "MaxPresenceMemberSizeInKb", "MaxPresenceMemberBytes", 1024, 18, 2048 },
        { "MaxChannelNameLength", "MaxChannelNameLength", 1, 11, 200 },
        { "MaxEventChannelsAtOnce", "MaxEventChannelsAtOnce", 1, 12, 100 },
        { "MaxEventNameLength", "MaxEventNameLength", 1, 13, 200 },
        { "MaxEventPayloadInKb", "MaxEventDataBytes", 1024, 14, 102_400 },
        { "MaxEventBatchSize", "MaxEventBatchSize", 1, 15, 10 },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void The_app_s_own_field_wins_over_the_global_key_and_0_and_minus_1_are_no_limit(
        string field, string limit, int unit, int? global, int byDefault)
    {
        Assert.Equal(byDefault, Resolve(null, new SockudoOptions()));
        Assert.Equal(global * unit ?? None, Resolve(null, Global));
        Assert.Equal(7 * unit, Resolve(7, Global));
        Assert.Equal(None, Resolve(0, Global));
        Assert.Equal(None, Resolve(-1, Global));
        Assert.Equal(None, Resolve(int.MaxValue, Global));

        int Resolve(int? own, SockudoOptions options)
        {
            var app = Bare with { };
            typeof(App).GetProperty(field)!.SetValue(app, own);
            return (int)typeof(AppLimits).GetProperty(limit)!.GetValue(AppLimits.For(app, options))!;
        }
    }

    [Fact]
    public void Every_limit_is_in_the_table() =>
        Assert.Equal(
            typeof(AppLimits).GetProperties().Where(static property => property.PropertyType == typeof(int)).Select(static property => property.Name).Order(),
            Limits.Select(static row => row.Data.Item2).Order());
}
