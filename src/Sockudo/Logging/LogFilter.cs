using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Sockudo.Logging;

/// <summary>
/// Which log lines are written: a comma list of <c>level</c> or <c>target=level</c>; the longest matching target wins, and
/// <c>::</c> is as good as <c>.</c> (configuration.md 3.14).
/// </summary>
internal sealed class LogFilter
{
    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["off"] = LogLevel.None,
    };

    private readonly (string Target, LogLevel Level)[] _rules;

    private LogFilter(IEnumerable<(string Target, LogLevel Level)> rules) =>
        _rules = [.. rules.OrderByDescending(static rule => rule.Target.Length)];

    /// <summary>Reads a filter; a problem names the part that is wrong.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LogFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        filter = null;
        problem = null;
        var rules = new List<(string Target, LogLevel Level)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = part[(equals + 1)..].Trim();
            if (!Levels.TryGetValue(name, out var level))
            {
                problem = $"unknown level \"{name}\"; use trace, debug, info, warn, error or off, alone or as target=level";
                return false;
            }

            rules.Add((equals < 0 ? "" : part[..equals].Trim().Replace("::", ".", StringComparison.Ordinal), level));
        }

        filter = new LogFilter(rules);
        return true;
    }

    /// <summary>The lowest level that is written for a target; off where no rule fits.</summary>
    public LogLevel LevelFor(string target)
    {
        foreach (var (prefix, level) in _rules)
        {
            if (prefix.Length == 0 || target == prefix || target.StartsWith(prefix + ".", StringComparison.Ordinal))
                return level;
        }

        return LogLevel.None;
    }
}
