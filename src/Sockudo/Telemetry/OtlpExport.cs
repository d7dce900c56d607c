using System.Globalization;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sockudo.Server.Metrics;
using Sockudo.Server.Tracing;

namespace Sockudo.Telemetry;

/// <summary>
/// Exports the meter and the spans of the server by OTLP until it is disposed of, which sends what still waits. The libraries of
/// OpenTelemetry are loaded with the first use of this class and not before.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    // The runtime's own: garbage collection, thread pool, exceptions, CPU and memory.
    private const string RuntimeMeter = "System.Runtime";

    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;
    private readonly int _patience;

    /// <param name="settings">What is exported; interval, sampling and the like are read from the environment by the libraries.</param>
    /// <param name="version">Version of the program.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="patience">How long the end may take, for each of metrics and traces.</param>
    /// <param name="logger">Is told when nobody takes what is sent.</param>
    public OtlpExport(OtlpSettings settings, string version, string node, TimeSpan patience, ILogger logger)
    {
        _patience = (int)patience.TotalMilliseconds;
        if (settings.HasMetrics)
            _metrics = CreateMetrics(settings, CreateResource(version, node), new ExportReport("metrics", logger));
        if (settings.HasTraces)
            _traces = CreateTraces(settings, CreateResource(version, node), new ExportReport("traces", logger));
    }

    public void Dispose()
    {
        _metrics?.Shutdown(_patience);
        _metrics?.Dispose();
        _traces?.Shutdown(_patience);
        _traces?.Dispose();
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
    private static ResourceBuilder CreateResource(string version, string node) => ResourceBuilder.CreateEmpty()
        .AddService("sockudo", serviceVersion: version, autoGenerateServiceInstanceId: false, serviceInstanceId: node)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    private static MeterProvider CreateMetrics(OtlpSettings settings, ResourceBuilder resource, ExportReport report)
    {
        var timing = new PeriodicExportingMetricReaderOptions();
        var exporter = new ReportingMetricExporter(OptionsFor(settings.OfMetrics), report);
        var reader = new PeriodicExportingMetricReader(exporter, timing.ExportIntervalMilliseconds ?? 60_000, timing.ExportTimeoutMilliseconds ?? 30_000)
        {
            TemporalityPreference = string.Equals(settings.OfMetrics("TEMPORALITY_PREFERENCE"), "delta", StringComparison.OrdinalIgnoreCase)
                ? MetricReaderTemporalityPreference.Delta
                : MetricReaderTemporalityPreference.Cumulative,
        };
        return Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(ServerMeter.Name, RuntimeMeter).AddReader(reader).Build();
    }

    private static TracerProvider CreateTraces(OtlpSettings settings, ResourceBuilder resource, ExportReport report)
    {
        var batching = new BatchExportActivityProcessorOptions();
        var processor = new BatchActivityExportProcessor(
            new ReportingTraceExporter(OptionsFor(settings.OfTraces), report), batching.MaxQueueSize, batching.ScheduledDelayMilliseconds,
            batching.ExporterTimeoutMilliseconds, batching.MaxExportBatchSize);
        return Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Spans.SourceName).AddProcessor(processor).Build();
    }

    // The library reads what holds for all signals.
    private static OtlpExporterOptions OptionsFor(Func<string, string?> find)
    {
        var options = new OtlpExporterOptions();
        if (find("PROTOCOL") is { } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (find("ENDPOINT") is { } endpoint)
            options.Endpoint = new Uri(endpoint);
        if (find("HEADERS") is { } headers)
            options.Headers = headers;
        if (int.TryParse(find("TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeout))
            options.TimeoutMilliseconds = timeout;
        return options;
    }
}
