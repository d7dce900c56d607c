using System.Diagnostics.Metrics;
using Sockudo.Protocol.Channels;
using Sockudo.Server.Metrics;
using Xunit;

namespace Sockudo.Server.Tests.Metrics;

public sealed class ServerMeterTests
{
    // Every server of this process has a meter of the same name.
    private const string Prefix = "metertest_";

    [Fact]
    public void The_meter_shows_what_Prometheus_is_told_under_the_same_names()
    {
        var metrics = new ServerMetrics(static () => 77);
        var families = new MetricFamilies(new MetricSources(metrics, "1.2.3", "production"));
        using var meter = new ServerMeter(families, Prefix, "1.2.3");
        metrics.CountersFor("app").ConnectionOpened();
        metrics.CountersFor("app").MessagesSent(3, 10);
        var before = new Histogram(metrics.BroadcastLatency.Family);
        before.Record(1); // nobody listens yet

        var seen = new Dictionary<string, (double Value, string Tags)>(StringComparer.Ordinal);
        var instruments = new Dictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name != "Sockudo" || !instrument.Name.StartsWith(Prefix, StringComparison.Ordinal))
                    return;
                instruments.Add(instrument.Name[Prefix.Length..], instrument);
                self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[instrument.Name[Prefix.Length..]] = (value, string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))));
        listener.Start();
        listener.RecordObservableInstruments();
        metrics.BroadcastLatency.Record(ChannelKind.Public, 11, TimeSpan.FromMilliseconds(3));

        Assert.Equal((1, "app_id=app"), seen["connected"]);
        Assert.Equal((3, "app_id=app"), seen["ws_messages_sent_total"]);
        Assert.Equal((30, "app_id=app"), seen["socket_transmitted_bytes"]);
        Assert.Equal((77, ""), seen["pending_bytes"]);
        Assert.Equal((3, "channel_type=public,recipient_count_bucket=sm"), seen["broadcast_latency_ms"]);
        Assert.Equal("By", instruments["socket_transmitted_bytes"].Unit);
        Assert.Equal(families.All.Where(static family => family.Type != MetricType.Histogram || family.Histograms is not null).Select(static family => family.Name).Order(), instruments.Keys.Order());
        Assert.All(families.All, family =>
        {
            if (!instruments.TryGetValue(family.Name, out var instrument))
                return;
            var kind = instrument.GetType().Name.Split('`')[0];
            Assert.Equal(family.Type switch { MetricType.Counter => "ObservableCounter", MetricType.Gauge => "ObservableGauge", _ => "Histogram" }, kind);
            Assert.Equal(family.Help, instrument.Description);
        });
        Assert.Equal(metrics.BroadcastLatency.Family.Bounds, ((Histogram<double>)instruments["broadcast_latency_ms"]).Advice!.HistogramBucketBoundaries!);
    }

    [Fact]
    public void Counters_of_many_threads_add_up()
    {
        var counters = new StripedCounters(3);
        Parallel.For(0, 20_000, _ =>
        {
            counters.Add(0, 1);
            counters.Add(2, 5);
        });
        Assert.Equal((20_000, 0, 100_000), (counters.Sum(0), counters.Sum(1), counters.Sum(2)));
    }
}
