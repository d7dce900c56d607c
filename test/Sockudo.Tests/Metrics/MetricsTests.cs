using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Metrics;

/// <summary>Metrics of a real server: what it says is what has happened, under the names of metrics.md.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Prefix = "sockudo_";

    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-metrics-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task After_any_churn_the_metrics_say_what_has_happened_and_a_deleted_app_has_none()
    {
        await using var hooks = new WebhookReceiver();
        var file = Path.Combine(_directory, "apps.json");
        var apps = (await File.ReadAllTextAsync(SockudoProcess.AppsFile, TestContext.Current.CancellationToken)).Replace(
            "\"id\": \"chatty\",", $$"""
            "webhooks": [{"url": "{{hooks.Url}}", "event_types": ["channel_occupied"]}], "id": "chatty",
            """.Trim(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, apps, TestContext.Current.CancellationToken);
        await using var process = SockudoProcess.Run(
            ["--config", file, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.host=127.0.0.1", "--set", "metrics.port=0", "--set", "webhooks.smoothing_ms=0"]);
        var (address, metrics) = AddressesIn(await process.ExpectOutputAsync("is listening"));
        var server = new ServerUnderTest(address);

        var churn = new Churn(server, new Random(20250721));
        await churn.RunAsync(steps: 400);
        hooks.Next().Verify(TestApp.Chatty.Secret);
        // Who left without a word may not have been missed yet.
        var busy = await UntilAsync(
            metrics, scrape => Churn.Apps.All(app => scrape.Sum("sockudo_connected", ("app_id", app.Id)) == churn.OpenOf(app)));
        Assert.True(busy.Sum("sockudo_active_subscriptions") > 0);
        CheckFamilies(busy);

        await churn.EndAsync();
        var quiet = await UntilAsync(metrics, static scrape =>
            scrape.Sum("sockudo_connected") == 0 && scrape.Sum("sockudo_pending_bytes") == 0
            && scrape.Sum("sockudo_webhook_attempts_total", ("app_id", "chatty"), ("target", "http"), ("outcome", "success")) > 0);
        churn.Check(quiet);
        foreach (var gauge in new[] { "channel_count", "active_subscriptions", "active_channels" })
            Assert.All(quiet.Samples.Where(sample => sample.Family == Prefix + gauge), static sample => Assert.Equal(0, sample.Value));
        foreach (var (_, _, labels, begun) in quiet.Samples.Where(static sample => sample.Name == "sockudo_channel_subscriptions_total"))
        {
            Assert.Equal(
                begun, quiet.Sum("sockudo_channel_unsubscriptions_total", ("app_id", labels["app_id"]), ("channel_type", labels["channel_type"])));
        }

        CheckFamilies(quiet);
        CheckLabels(quiet, [.. TestAppIds(apps), ""], "0");
        Assert.DoesNotContain(Churn.Marker, quiet.Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, apps.Replace("\"id\": \"chatty\"", "\"id\": \"renamed\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        process.Signal(PosixSignal.SIGHUP);
        await process.ExpectOutputAsync("apps reloaded");
        var deleted = await Scrape.OfAsync(metrics);
        Assert.DoesNotContain(deleted.Samples, static sample => sample.Labels.GetValueOrDefault("app_id") == "chatty");
        Assert.Contains(deleted.Samples, static sample => sample.Labels.GetValueOrDefault("app_id") == "plain");
    }

    [Fact]
    public async Task Two_nodes_of_a_cluster_tell_of_their_requests_and_messages()
    {
        await using var redis = await RedisServer.StartAsync();
        string[] options =
        [
            "--config", SockudoProcess.AppsFile, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.host=127.0.0.1", "--set", "metrics.port=0",
            "--set", "adapter.driver=redis", "--set", $"database.redis.port={redis.Port}",
        ];
        await using var first = SockudoProcess.Run(options);
        await first.ExpectOutputAsync("is listening");
        await using var second = SockudoProcess.Run(options);
        var (_, metrics) = AddressesIn(await second.ExpectOutputAsync("is listening"));
        var scrape = await UntilAsync(
            metrics, static scrape => scrape.Sum("sockudo_cluster_nodes") == 2 && scrape.Sum("sockudo_horizontal_adapter_resolved_promises") > 0);
        CheckFamilies(scrape);
        CheckLabels(scrape, [""], "0");
        Assert.Equal(0, scrape.Sum("sockudo_cluster_isolated"));
        Assert.Equal(1, scrape.Sum("sockudo_backend_up", ("component", "adapter"), ("driver", "redis")));
        foreach (var name in "horizontal_adapter_resolve_time_count horizontal_adapter_sent_requests horizontal_adapter_received_responses".Split(' '))
            Assert.NotEqual(0, scrape.Sum(Prefix + name));
        foreach (var name in "cluster_messages_sent_total cluster_messages_received_total cluster_bytes_sent_total cluster_bytes_received_total".Split(' '))
            Assert.NotEqual(0, scrape.Sum(Prefix + name, ("kind", "heartbeat")));
        await CheckWithPromtoolAsync(scrape.Text);
    }

    // Names, HELP, TYPE, labels and buckets; families without samples have nothing to check but the first two.
    private static void CheckFamilies(Scrape scrape)
    {
        foreach (var (name, type, labels) in SpecifiedFamilies.Own)
            CheckFamily(scrape, Prefix + name, type, [.. labels, "port"], SpecifiedFamilies.Buckets.GetValueOrDefault(name));
        foreach (var (name, type, labels) in SpecifiedFamilies.OfTheProcess)
            CheckFamily(scrape, name, type, labels, buckets: null);
        // And no others.
        Assert.Equal(SpecifiedFamilies.Own.Count + SpecifiedFamilies.OfTheProcess.Count, scrape.Types.Count);
    }

    private static void CheckFamily(Scrape scrape, string name, string type, string[] labels, string? buckets)
    {
        Assert.Equal(type, scrape.Types.GetValueOrDefault(name));
        var samples = scrape.Samples.Where(sample => sample.Family == name).ToList();
        foreach (var sample in samples)
            Assert.Equal(labels.Order(), sample.Labels.Keys.Where(static label => label != "le").Order());
        if (buckets is null)
            return;
        foreach (var series in samples.Where(sample => sample.Name == name + "_bucket").GroupBy(static sample => string.Join(',', sample.Labels.Where(static label => label.Key != "le"))))
            Assert.Equal(buckets, string.Join(' ', series.Select(static sample => sample.Labels["le"])));
    }

    private static void CheckLabels(Scrape scrape, IReadOnlyList<string> apps, string port)
    {
        foreach (var (_, name, labels, _) in scrape.Samples.Where(static sample => sample.Family.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            Assert.Equal(port, labels["port"]);
            if (labels.TryGetValue("app_id", out var app))
                Assert.Contains(app, apps);
            foreach (var (label, value) in labels)
            {
                if (SpecifiedFamilies.Values.TryGetValue(label, out var allowed))
                    Assert.True(allowed.Contains(value), $"{name}: {label} = {value}");
            }
        }
    }

    // Complaints are allowed about names that are fixed for compatibility, and about the two that the specification gives other suffixes.
    private static async Task CheckWithPromtoolAsync(string text)
    {
        BackendProcess.Require("promtool");
        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        string[] allowed =
        [
            "socket_received_bytes", "socket_transmitted_bytes", "http_received_bytes", "http_transmitted_bytes", "horizontal_adapter_resolved_promises",
            "horizontal_adapter_uncomplete_promises", "horizontal_adapter_sent_requests", "horizontal_adapter_received_requests",
            "horizontal_adapter_received_responses", "channel_count", "broadcast_latency_ms",
        ];
        Assert.All(
            complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.True(allowed.Any(name => line.StartsWith($"{Prefix}{name} ", StringComparison.Ordinal)), line));
        Assert.NotEqual(1, promtool.ExitCode); // 1: not understood at all; 3: complaints
    }

    private static (Uri Server, Uri Metrics) AddressesIn(string startLine) =>
        (new Uri(startLine.Split("addresses=")[1].Split(' ')[0]), new Uri(startLine.Split("metrics=")[1].Split(' ')[0]));

    private static IEnumerable<string> TestAppIds(string json) =>
        JsonNode.Parse(json, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!["app_manager"]!["array"]!["apps"]!.AsArray()
            .Select(static app => (string)app!["id"]!);

    private static async Task<Scrape> UntilAsync(Uri metrics, Func<Scrape, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var scrape = await Scrape.OfAsync(metrics);
            if (condition(scrape))
                return scrape;
            await Task.Delay(50, timeout.Token);
        }
    }
}
