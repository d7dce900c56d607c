using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Sockudo.Telemetry;

/// <summary>Tells the log when a collector stops taking what is sent to it, and when it takes it again.</summary>
/// <param name="signal"><c>metrics</c> or <c>traces</c>.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ExportReport(string signal, ILogger logger)
{
    private bool _isFailing;

    /// <summary>An export has ended; one at a time.</summary>
    public void Ended(ExportResult result)
    {
        var isFailing = result == ExportResult.Failure;
        if (isFailing && !_isFailing)
            LogFailing(logger, signal);
        else if (!isFailing && _isFailing)
            LogMended(logger, signal);
        _isFailing = isFailing;
    }

    [LoggerMessage(1, LogLevel.Warning, "telemetry is not taken; look at OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL and _HEADERS, and at the collector  signal={Signal}")]
    private static partial void LogFailing(ILogger logger, string signal);

    [LoggerMessage(2, LogLevel.Information, "telemetry is taken again  signal={Signal}")]
    private static partial void LogMended(ILogger logger, string signal);
}
