using System.Runtime.InteropServices;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Telemetry;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Telemetry;

/// <summary>Export by OTLP, switched on by the standard variables and by nothing else.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Metrics_and_spans_reach_a_collector_without_anything_that_is_secret()
    {
        await using var collector = new OtlpCollector();
        await using var process = await SockudoProcess.StartAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-api-key=collector-key",
            ["OTEL_SERVICE_NAME"] = "realtime",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test-bench",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        var server = new ServerUnderTest(process.Address);
        await using var client = await PusherConnection.ConnectAsync(server, TestApp.Plain);
        await client.SubscribeAsync("zebra");
        await new PusherHttp(server, TestApp.Plain).PublishAsync("zebra", "zebra-event", "zebra-payload");

        var spans = await collector.SpansAsync("POST /apps/{app_id}/events");
        Assert.Equal(["POST /apps/{app_id}/events"], spans);
        var metrics = await collector.MetricsAsync("sockudo_broadcast_latency_ms");
        Assert.Superset(
            new HashSet<string>
            {
                "sockudo_connected", "sockudo_ws_messages_sent_total", "sockudo_events_published_total", "sockudo_http_request_duration_seconds",
                "dotnet.gc.collections",
            },
            metrics.ToHashSet());
        foreach (var path in new[] { "/v1/metrics", "/v1/traces" })
            Assert.Superset(new HashSet<string> { "realtime", "test-bench" }, collector.ResourceValues(path).ToHashSet());
        Assert.All(collector.Keys, static key => Assert.Equal("collector-key", key));
        Assert.False(collector.Contains("zebra"));
        Assert.False(collector.Contains("auth_"));
        Assert.False(collector.Contains(TestApp.Plain.Key));

        // What still waits is sent at the end.
        await new PusherHttp(server, TestApp.Plain).GetAsync("/channels");
        process.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await process.WaitForExitAsync());
        await collector.SpansAsync("GET /apps/{app_id}/channels");
    }

    [Fact]
    public async Task A_collector_that_is_not_there_is_told_once_and_holds_nothing_up()
    {
        await using var process = await SockudoProcess.StartAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_TRACES_EXPORTER"] = "none",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
        });
        await process.ExpectOutputAsync("telemetry is not taken");
        await using var client = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), TestApp.Plain);
        process.Signal(PosixSignal.SIGTERM);
        await client.ExpectErrorAndCloseAsync(4200);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Single(process.Output, static line => line.Contains("telemetry is not taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_variable_stops_the_start_and_is_listed_with_the_other_mistakes()
    {
        await using var process = SockudoProcess.Run(["--set", "port=x"], new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector-password:4318",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "carrier-pigeon",
        });
        Assert.Equal(78, await process.WaitForExitAsync());
        Assert.Equal(3, process.Errors.Count(static line => line.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.Contains("error: OTEL_EXPORTER_OTLP_PROTOCOL = \"carrier-pigeon\": unknown protocol; use grpc or http/protobuf", process.Errors);
        Assert.DoesNotContain(process.Errors, static line => line.Contains("collector-password", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("OTEL_SERVICE_NAME=x", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_SDK_DISABLED=true", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_TRACES_EXPORTER=none", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces", false, true)]
    [InlineData("OTEL_METRICS_EXPORTER=otlp", true, false)]
    [InlineData("OTEL_METRICS_EXPORTER=console,otlp OTEL_TRACES_EXPORTER=zipkin", true, false)]
    public void The_standard_variables_decide(string variables, bool hasMetrics, bool hasTraces)
    {
        var environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var settings = new OtlpSettings(environment);
        Assert.Equal((hasMetrics, hasTraces), (settings.HasMetrics, settings.HasTraces));
        Assert.Empty(settings.Errors);
        Assert.Equal(variables.Contains("console", StringComparison.Ordinal) ? 2 : 0, settings.Warnings.Count);
    }

    [Fact]
    public async Task The_variables_may_stand_in_the_file_of_variables_too()
    {
        await using var collector = new OtlpCollector();
        var directory = Directory.CreateTempSubdirectory("sockudo-telemetry-").FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(directory, ".env"),
                $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Endpoint}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_METRIC_EXPORT_INTERVAL=100\nOTEL_SERVICE_NAME=from-the-file\n",
                TestContext.Current.CancellationToken);
            await using var process = SockudoProcess.Run(
                ["--config", SockudoProcess.AppsFile, "--host", "127.0.0.1", "--port", "0", "--set", "metrics.enabled=false"], directory: directory);
            await collector.MetricsAsync("dotnet.gc.collections");
            Assert.Contains("from-the-file", collector.ResourceValues("/v1/metrics"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Without_the_variables_nothing_of_it_is_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        await using var process = await SockudoProcess.StartAsync();
        await new PusherHttp(new ServerUnderTest(process.Address), TestApp.Plain).PublishAsync("a", "e", "x");
        // In the native program everything is one piece.
        if (SockudoProcess.IsNative)
            return;
        var loaded = await File.ReadAllTextAsync($"/proc/{process.Id}/maps", TestContext.Current.CancellationToken);
        Assert.Contains("Sockudo.Server.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
    }
}
