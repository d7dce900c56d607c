using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Sockudo.Telemetry;

/// <summary>Exports metrics and reports how that went: the library itself would be silent.</summary>
internal sealed class ReportingMetricExporter(OtlpExporterOptions options, ExportReport report) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var result = base.Export(metrics);
        report.Ended(result);
        return result;
    }
}
