using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Apps;

namespace Sockudo.Configuration;

/// <summary>Understands the apps of a database. "The bad part is left out, one error per app and change is logged". Safe from any thread.</summary>
/// <param name="logger"><c>sockudo.apps</c>.</param>
internal sealed partial class StoredAppReader(ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _reported = new(StringComparer.Ordinal);

    /// <summary>The app of a record; null if it is none.</summary>
    public App? Read(AppRecord record)
    {
        var problems = new ConfigurationProblems();
        var app = AppRecords.ReadUsable(record, problems);
        var id = record.Find("id") ?? "";
        if (problems.Errors.Count == 0)
        {
            _reported.TryRemove(id, out _);
            return app;
        }

        var report = string.Join("; ", problems.Errors);
        if (_reported.TryGetValue(id, out var before) && before == report)
            return app;
        _reported[id] = report;
        LogProblems(logger, id, report);
        return app;
    }

    [LoggerMessage(1, LogLevel.Error, "a stored app has mistakes, which are left out  app={App} problems={Problems}")]
    private static partial void LogProblems(ILogger logger, string app, string problems);
}
