using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Sockudo.Telemetry;

/// <summary>Exports spans and reports how that went: the library itself would be silent.</summary>
internal sealed class ReportingTraceExporter(OtlpExporterOptions options, ExportReport report) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var result = base.Export(activityBatch);
        report.Ended(result);
        return result;
    }
}
