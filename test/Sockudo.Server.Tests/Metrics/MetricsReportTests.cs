using Sockudo.Protocol.Channels;
using Sockudo.Server.Metrics;
using Xunit;

namespace Sockudo.Server.Tests.Metrics;

public class MetricsReportTests
{
    [Fact]
    public void Families_have_help_type_and_the_documented_labels()
    {
        var metrics = new ServerMetrics(static () => 77);
        var app = metrics.CountersFor("app");
        app.ConnectionOpened();
        app.ConnectionOpened();
        app.ConnectionClosed();
        app.MessagesSent(10, 100);
        app.Subscribed(ChannelKind.Private, isFirst: true);
        app.Unsubscribed(ChannelKind.Private, wasLast: true);
        app.Subscribed(ChannelKind.Presence | ChannelKind.Cache, isFirst: true);
        app.Subscribed(ChannelKind.Presence | ChannelKind.Cache, isFirst: false);
        app.Subscribed(ChannelKind.Presence | ChannelKind.Cache, isFirst: true);
        app.SubscriptionRefused(SubscriptionRefusal.InvalidChannel);
        app.EventPublished(EventSource.Http);
        app.RateLimitChecked(RateLimiterType.ClientEvent, refused: true);
        metrics.NoApp.ConnectionError(ConnectionErrorType.AppNotFound);
        metrics.BroadcastLatency.Record(ChannelKind.Public, 11, TimeSpan.FromMilliseconds(3));
        metrics.Http.Record("/up", "BREW", 200, TimeSpan.FromSeconds(0.02));
        var text = Report(metrics);

        foreach (var line in new[]
        {
            "sockudo_connected{app_id=\"app\",port=\"9601\"} 1",
            "sockudo_new_connections_total{app_id=\"app\",port=\"9601\"} 2",
            "sockudo_ws_messages_sent_total{app_id=\"app\",port=\"9601\"} 10",
            "sockudo_socket_transmitted_bytes{app_id=\"app\",port=\"9601\"} 1000",
            "sockudo_channel_subscriptions_total{app_id=\"app\",channel_type=\"private\",port=\"9601\"} 1",
            "sockudo_subscription_errors_total{app_id=\"app\",reason=\"invalid_channel\",port=\"9601\"} 1",
            "sockudo_events_published_total{app_id=\"app\",source=\"http\",port=\"9601\"} 1",
            "sockudo_rate_limit_triggered_total{app_id=\"app\",limiter_type=\"client_event\",request_context=\"websocket\",port=\"9601\"} 1",
            "sockudo_connection_errors_total{app_id=\"\",error_type=\"app_not_found\",port=\"9601\"} 1",
            "sockudo_channel_count{app_id=\"app\",port=\"9601\"} 2",
            "sockudo_active_subscriptions{app_id=\"app\",port=\"9601\"} 3",
            "sockudo_active_channels{app_id=\"app\",channel_type=\"presence-cache\",port=\"9601\"} 2",
            "sockudo_active_channels{app_id=\"app\",channel_type=\"private\",port=\"9601\"} 0",
            "sockudo_broadcast_latency_ms_bucket{channel_type=\"public\",recipient_count_bucket=\"sm\",port=\"9601\",le=\"2.5\"} 0",
            "sockudo_broadcast_latency_ms_bucket{channel_type=\"public\",recipient_count_bucket=\"sm\",port=\"9601\",le=\"5\"} 1",
            "sockudo_http_requests_total{route=\"/up\",method=\"other\",status=\"200\",port=\"9601\"} 1",
            "sockudo_pending_bytes{port=\"9601\"} 77",
            "sockudo_backend_up{component=\"adapter\",driver=\"local\",port=\"9601\"} 1",
        })
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }

        Assert.Contains("\nprocess_resident_memory_bytes ", text, StringComparison.Ordinal);
        foreach (var sample in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#'))
        {
            var family = sample.Split('{', ' ')[0];
            Assert.True(
                text.Contains($"# TYPE {family} ", StringComparison.Ordinal)
                || text.Contains($"# TYPE {family[..family.LastIndexOf('_')]} histogram", StringComparison.Ordinal),
                sample);
        }
    }
    [Fact]
    public void A_deleted_app_has_no_series_until_it_is_back()
    {
        var metrics = new ServerMetrics(static () => 0);
        metrics.CountersFor("app").ConnectionOpened();
        Assert.Contains("app_id=\"app\"", Report(metrics), StringComparison.Ordinal);
        metrics.CountersFor("app").IsRetired = true;
        Assert.DoesNotContain("app_id=\"app\"", Report(metrics), StringComparison.Ordinal);
        metrics.CountersFor("app").IsRetired = false;
        Assert.Contains("app_id=\"app\"", Report(metrics), StringComparison.Ordinal);
    }

    private static string Report(ServerMetrics metrics)
    {
        var sources = new MetricSources(metrics, "1.2.3", "production") { Backends = [("adapter", "local", static () => true)] };
        return new MetricsReport(new MetricFamilies(sources), "sockudo_", "9601").Write();
    }
}
