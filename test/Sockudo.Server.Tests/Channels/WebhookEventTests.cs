using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Sessions;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Channels;

/// <summary>What is raised at the seam of webhooks, and in which order (WH-5, WH-9, U-14).</summary>
public class WebhookEventTests
{
    private static readonly SockudoOptions Options = new();

    private readonly RecordingSink _sink = new();
    private readonly FakeTimeProvider _time = new();
    private readonly WriteLoops _loops = new(1);
    private readonly CoarseClock _clock;
    private readonly Hub _hub;

    public WebhookEventTests()
    {
        _clock = new CoarseClock(_time);
        _hub = new Hub(_loops, new SubscriptionCounts(_clock, _loops, _sink), _sink);
    }

    [Fact]
    public void WH9_Occupied_comes_before_member_added_and_member_removed_before_vacated()
    {
        var key = new ChannelKey(ScopeFor(Enum.GetValues<WebhookEventType>()), "presence-a");
        var first = Join(key, "ann");
        var second = Join(key, "ann");
        var third = Join(key, "bob");
        foreach (var subscription in new[] { first, third, second })
            _hub.Leave(subscription);
        Assert.Equal(
            ["ChannelOccupied", "MemberAdded ann", "MemberAdded bob", "MemberRemoved bob", "MemberRemoved ann", "ChannelVacated"], _sink.Raised);
    }

    [Fact]
    public void SC4_Counts_are_raised_though_the_field_is_off_but_not_on_presence_or_encrypted_channels()
    {
        var app = ScopeFor([WebhookEventType.SubscriptionCount]);
        var first = Join(new ChannelKey(app, "a"));
        Join(new ChannelKey(app, "a"));
        _hub.Leave(first);
        Join(new ChannelKey(app, "private-encrypted-a"));
        Join(new ChannelKey(app, "presence-a"), "ann");
        Assert.Equal(["SubscriptionCount 1", "SubscriptionCount 2", "SubscriptionCount 1"], _sink.Raised);
    }

    [Fact]
    public void Nothing_is_raised_that_no_entry_asks_for_nor_for_user_channels()
    {
        Join(new ChannelKey(ScopeFor([WebhookEventType.ClientEvent]), "a"));
        var app = ScopeFor(Enum.GetValues<WebhookEventType>());
        var connection = NewConnection(app);
        _hub.Leave(_hub.SignIn(Hub.UserChannel(app, "ann"), connection, ServerMessages.Pong));
        Assert.Empty(_sink.Raised);
    }

    [Fact]
    public void K8_A_cache_miss_is_raised_once_per_window_and_not_without_a_cache()
    {
        var app = ScopeFor([WebhookEventType.CacheMiss]);
        var misses = new CacheMisses(_sink, Options, _clock);
        misses.Missed(app, "cache-a");
        misses.Missed(app, "cache-a");
        misses.Missed(app, "cache-b");
        _time.Advance(TimeSpan.FromMilliseconds(5000));
        misses.Missed(app, "cache-a");
        new CacheMisses(_sink, Options with { Cache = new() { Driver = CacheDriver.None } }, _clock).Missed(app, "cache-c");
        Assert.Equal(["CacheMiss", "CacheMiss", "CacheMiss"], _sink.Raised);
    }

    [Fact]
    public void Filters_decide_which_entry_an_event_is_for()
    {
        var entry = new AppWebhook { EventTypes = [WebhookEventType.ChannelOccupied], Filter = new ChannelFilter("pre", "fix", new("e.f")) };
        Assert.True(entry.Wants(WebhookEventType.ChannelOccupied, "prefix-e-f-fix"));
        Assert.False(entry.Wants(WebhookEventType.ChannelVacated, "prefix-e-f-fix"));
        Assert.False(entry.Wants(WebhookEventType.ChannelOccupied, "Prefix-e-f-fix"));
        Assert.False(entry.Wants(WebhookEventType.ChannelOccupied, "prefix-e-f-fi"));
    }

    private static AppScope ScopeFor(IReadOnlyList<WebhookEventType> types)
    {
        var app = new App { Id = "a", Key = "k", Secret = "s", Webhooks = [new AppWebhook { Url = new Uri("http://x"), EventTypes = types }] };
        return new AppScope(app, AppLimits.For(app, Options), new AppCounters("a"));
    }

    private Subscription Join(ChannelKey key, string? user = null) =>
        _hub.TryJoin(key, NewConnection(key.App), user is null ? null : new PresenceMember(user, isNumericId: false, null), afterwards: null)!;

    private Connection NewConnection(AppScope app)
    {
        var connection = new Connection(new ConnectionSettings(Options, _clock, _loops), new Pipe().Reader, new SwallowingOutput(), handshake: null);
        connection.Session = new Session(app, app.App.Key, connection, dispatcher: null!, now: 0, countsAgainstQuota: true);
        return connection;
    }

    private sealed class RecordingSink : IWebhookSink
    {
        public List<string> Raised { get; } = [];

        public void Raise(AppScope app, WebhookEvent webhookEvent)
        {
            var detail = webhookEvent.Type == WebhookEventType.SubscriptionCount ? $"{webhookEvent.SubscriptionCount}" : webhookEvent.UserId;
            Raised.Add($"{webhookEvent.Type} {detail}".TrimEnd());
        }
    }
}
