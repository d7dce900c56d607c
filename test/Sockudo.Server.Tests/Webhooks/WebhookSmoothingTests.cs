using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <summary>WH-6, WH-8 and webhooks.md 2.</summary>
public sealed class WebhookSmoothingTests : IWebhookSink, IDisposable
{
    private const ulong Self = 1;

    private static readonly AppScope Scope = CreateScope();
    private static readonly ChannelKey Key = new(Scope, "presence-a");

    private readonly FakeTimeProvider _time = new();
    private readonly WebhookSmoothing _smoothing;
    private readonly List<string> _reported = [];
    private readonly HashSet<string> _there = [];
    private readonly List<string> _told = [];
    private ulong _lastReport;

    public WebhookSmoothingTests() => _smoothing = new WebhookSmoothing(this, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), _time);

    public void Dispose() => _smoothing.Dispose();

    [Fact]
    public void What_ends_is_reported_later_and_not_at_all_if_it_begins_again()
    {
        Raise(WebhookEventType.ChannelOccupied);
        Raise(WebhookEventType.MemberAdded, "ann");
        Raise(WebhookEventType.MemberRemoved, "ann");
        Raise(WebhookEventType.ChannelVacated);
        Expect("ChannelOccupied", "MemberAdded ann");
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Raise(WebhookEventType.ChannelOccupied);
        Raise(WebhookEventType.MemberAdded, "bob");
        Expect("MemberAdded bob");
        _time.Advance(TimeSpan.FromSeconds(1));
        Expect("MemberRemoved ann");
        _time.Advance(TimeSpan.FromSeconds(10));
        Expect();
    }

    [Fact]
    public void The_time_begins_with_the_last_end()
    {
        Raise(WebhookEventType.ChannelVacated);
        _time.Advance(TimeSpan.FromSeconds(2));
        Raise(WebhookEventType.ChannelOccupied);
        Raise(WebhookEventType.ChannelVacated);
        _time.Advance(TimeSpan.FromSeconds(2));
        Expect();
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Expect("ChannelVacated");
        Raise(WebhookEventType.ChannelOccupied);
        Expect("ChannelOccupied");
    }

    [Fact]
    public void Other_events_are_not_delayed()
    {
        Raise(WebhookEventType.ClientEvent);
        Raise(WebhookEventType.SubscriptionCount);
        Raise(WebhookEventType.CacheMiss);
        Expect("ClientEvent", "SubscriptionCount", "CacheMiss");
    }

    [Fact]
    public void Who_is_responsible_when_the_time_is_over_reports()
    {
        var owner = 2UL;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.ChannelOccupied);
        Hear(isThere: true);
        Raise(WebhookEventType.ChannelVacated);
        Expect();
        owner = Self;
        _time.Advance(TimeSpan.FromSeconds(3.1));
        Expect("ChannelVacated");
        Raise(WebhookEventType.ChannelOccupied);
        Raise(WebhookEventType.ChannelVacated);
        Expect("ChannelOccupied");
        owner = 2;
        _time.Advance(TimeSpan.FromSeconds(3.1));
        Expect();
        // Who sees it happen is the only one who can tell of these.
        Raise(WebhookEventType.ClientEvent);
        Expect("ClientEvent");
    }

    [Fact]
    public void What_a_node_had_to_report_and_what_it_reported_since_it_was_last_well_is_taken_over()
    {
        var owner = 2UL;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.ChannelOccupied);
        Hear(isThere: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        var well = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        Raise(WebhookEventType.MemberAdded, "ann");
        Raise(WebhookEventType.MemberAdded, "bob");
        Hear(isThere: true, "bob");
        owner = Self;
        _smoothing.TakeOver(3, 0);
        Expect();
        _smoothing.TakeOver(2, well);
        Expect("MemberAdded ann", "MemberAdded bob");
        _smoothing.TakeOver(2, 0);
        Expect("ChannelOccupied");
    }

    [Fact]
    public void Who_came_back_while_a_node_that_is_gone_could_have_reported_that_he_left_is_reported_again()
    {
        var owner = 2UL;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.MemberRemoved, "ann");
        Raise(WebhookEventType.MemberRemoved, "bob");
        Raise(WebhookEventType.MemberAdded, "ann");
        _time.Advance(TimeSpan.FromSeconds(1));
        var well = _time.GetTimestamp();
        Raise(WebhookEventType.MemberAdded, "bob");
        owner = Self;
        _smoothing.TakeOver(2, well);
        Expect("MemberAdded bob");
    }

    [Fact]
    public void What_is_long_ago_has_been_reported()
    {
        var owner = 2UL;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.MemberAdded, "ann");
        Hear(isThere: true, "ann");
        _time.Advance(TimeSpan.FromSeconds(12));
        Raise(WebhookEventType.MemberAdded, "bob");
        owner = Self;
        _smoothing.TakeOver(2, 0);
        Expect("MemberAdded bob");
    }

    [Fact]
    public void What_nobody_says_to_have_reported_is_reported_late_if_it_still_holds_or_should_have_been_before()
    {
        var owner = 2UL;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.MemberAdded, "ann");
        Raise(WebhookEventType.MemberAdded, "bob");
        Hear(isThere: true, "bob");
        Raise(WebhookEventType.MemberRemoved, "ann");
        _time.Advance(TimeSpan.FromSeconds(10));
        Expect();
        // First whoever is responsible by now, then everybody.
        _time.Advance(TimeSpan.FromSeconds(5));
        Expect("MemberAdded ann", "MemberRemoved ann");
        _time.Advance(TimeSpan.FromSeconds(20));
        Expect();

        Raise(WebhookEventType.MemberAdded, "eve");
        owner = Self;
        _time.Advance(TimeSpan.FromSeconds(11));
        Expect("MemberAdded eve");
    }

    [Fact]
    public void What_another_node_has_reported_before_this_one_sees_it_is_not_expected_again()
    {
        ReportOnly(static (_, _) => Self);
        Hear(isThere: true, "ann");
        Raise(WebhookEventType.MemberAdded, "ann");
        _time.Advance(TimeSpan.FromSeconds(30));
        Expect();
    }

    [Fact]
    public void What_another_node_has_reported_and_is_not_so_is_put_right()
    {
        ReportOnly(static (_, _) => Self);
        _there.Add("ann");
        Hear(isThere: false, "ann");
        _time.Advance(TimeSpan.FromSeconds(9));
        Expect();
        _time.Advance(TimeSpan.FromSeconds(2));
        Expect("MemberAdded ann");
        _time.Advance(TimeSpan.FromSeconds(30));
        Expect();
    }

    [Fact]
    public void Of_two_nodes_that_report_without_knowing_of_each_other_nobody_is_believed()
    {
        ReportOnly(static (_, _) => Self);
        _there.Add("ann");
        _smoothing.Hear(Key, "ann", new OccupancyReport(false, new ReportId(2, 7)), isTrusted: false);
        _smoothing.Hear(Key, "ann", new OccupancyReport(true, new ReportId(3, 5)), isTrusted: false);
        Assert.Equal(new OccupancyReport(null, new ReportId(2, 7)), Assert.Single(_smoothing.Reports()).Report);
        _time.Advance(TimeSpan.FromSeconds(11));
        Expect("MemberAdded ann");
        // What was overtaken is news to nobody.
        _smoothing.Hear(Key, "ann", new OccupancyReport(false, new ReportId(2, 7)), isTrusted: false);
        _smoothing.Hear(Key, "ann", new OccupancyReport(true, new ReportId(3, 5)), isTrusted: false);
        _time.Advance(TimeSpan.FromSeconds(30));
        Expect();
    }

    [Fact]
    public void Who_was_away_believes_what_the_others_say()
    {
        ReportOnly(static (_, _) => Self);
        _smoothing.Raise(Scope, new WebhookEvent(WebhookEventType.MemberAdded, "presence-a") { UserId = "ann", IsTold = true });
        _there.Add("bob");
        _smoothing.Hear(Key, "bob", new OccupancyReport(false), isTrusted: true);
        _smoothing.Hear(Key, "eve", new OccupancyReport(true), isTrusted: false);
        _time.Advance(TimeSpan.FromSeconds(11));
        Expect("MemberAdded bob");
    }

    [Fact]
    public void Who_comes_back_a_moment_after_another_node_has_reported_that_he_left_is_reported_too()
    {
        ReportOnly(static (_, _) => 2);
        Raise(WebhookEventType.MemberRemoved, "ann");
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Hear(isThere: false, "ann");
        Raise(WebhookEventType.MemberAdded, "ann");
        _time.Advance(TimeSpan.FromSeconds(15));
        Expect("MemberAdded ann");
    }

    [Fact]
    public void A_node_tells_the_others_what_it_reports()
    {
        ReportOnly(static (_, _) => Self);
        Raise(WebhookEventType.MemberAdded, "ann");
        Raise(WebhookEventType.SubscriptionCount);
        Assert.Equal(["presence-a ann True"], _told);
        Assert.Equal(["ann"], _smoothing.Reports().Select(static recent => recent.UserId));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Empty(_smoothing.Reports());
    }

    [Fact]
    public void Who_was_cut_off_reports_the_difference()
    {
        var owner = Replication.Nobody;
        ReportOnly((_, _) => owner);
        Raise(WebhookEventType.MemberAdded, "ann");
        Raise(WebhookEventType.MemberAdded, "bob");
        Raise(WebhookEventType.SubscriptionCount);
        _time.Advance(TimeSpan.FromSeconds(30));
        Raise(WebhookEventType.MemberRemoved, "ann");
        _time.Advance(TimeSpan.FromSeconds(30));
        Expect();
        owner = Self;
        _smoothing.GoOn();
        Expect("MemberAdded bob", "SubscriptionCount");
        _time.Advance(TimeSpan.FromSeconds(30));
        Expect();
    }

    [Fact]
    public void A_node_that_stops_reports_what_nobody_who_stays_knows_of()
    {
        ReportOnly(static (_, _) => 2);
        Raise(WebhookEventType.MemberRemoved, "ann");
        Raise(WebhookEventType.MemberAdded, "bob");
        _time.Advance(TimeSpan.FromSeconds(1));
        var known = _time.GetTimestamp();
        Raise(WebhookEventType.MemberRemoved, "eve");
        _smoothing.HandOver(known);
        Expect("MemberRemoved ann", "MemberAdded bob");
        _time.Advance(TimeSpan.FromSeconds(5));
        Expect();
    }

    [Fact]
    public void The_end_of_the_only_node_waits_for_nobody()
    {
        Raise(WebhookEventType.MemberRemoved, "ann");
        _smoothing.End();
        Raise(WebhookEventType.ChannelVacated);
        Expect("MemberRemoved ann", "ChannelVacated");
        _time.Advance(TimeSpan.FromSeconds(10));
        Expect();
    }

    void IWebhookSink.Raise(AppScope app, WebhookEvent webhookEvent) => _reported.Add($"{webhookEvent.Type} {webhookEvent.UserId}".TrimEnd());

    private void ReportOnly(Func<ChannelKey, long, ulong> ownerOf) =>
        _smoothing.ReportOnly(Self, ownerOf, (_, userId) => _there.Contains(userId ?? ""), (key, userId, report) => _told.Add($"{key.Name} {userId} {report.IsThere}"));

    private void Raise(WebhookEventType type, string? user = null) => _smoothing.Raise(Scope, new WebhookEvent(type, "presence-a") { UserId = user });

    // From node 2.
    private void Hear(bool isThere, string? user = null) => _smoothing.Hear(Key, user, new OccupancyReport(isThere, new ReportId(2, ++_lastReport)), isTrusted: false);

    private void Expect(params string[] reports)
    {
        Assert.Equal(reports, _reported);
        _reported.Clear();
    }

    private static AppScope CreateScope()
    {
        var app = new App { Id = "a", Key = "k", Secret = "s", Webhooks = [new AppWebhook { Url = new Uri("http://x"), EventTypes = Enum.GetValues<WebhookEventType>() }] };
        return new AppScope(app, AppLimits.For(app, new SockudoOptions()), new AppCounters("a"));
    }
}
