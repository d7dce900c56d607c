using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Options;

namespace Sockudo.Logging;

/// <summary><c>2025-07-21T12:34:56.789Z INFO  sockudo.cluster  node joined  node=web-2 nodes=3</c></summary>
/// <param name="time">The clock.</param>
/// <param name="includesTarget">Whether the target is written.</param>
/// <param name="hasColors">Whether the level is coloured.</param>
/// <param name="hasStackTraces">Whether exceptions carry their stack.</param>
internal sealed class TextLogFormatter(TimeProvider time, bool includesTarget, bool hasColors, bool hasStackTraces) : LogFormatter
{
    private const string Reset = "\e[0m";

    public override string Format(
        LogLevel level, string target, string text, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? exception)
    {
        var line = new StringBuilder(128)
            .Append(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ');
        if (hasColors)
            line.Append(ColorOf(level));
        line.Append(NameOf(level).PadRight(5));
        if (hasColors)
            line.Append(Reset);
        line.Append(' ');
        if (includesTarget)
            line.Append(target).Append("  ");
        line.Append(OneLine.Of(text));
        if (exception is not null)
            line.Append("  exception=").Append(OneLine.Of(hasStackTraces ? exception.ToString() : $"{exception.GetType().Name}: {exception.Message}"));
        return line.Append('\n').ToString();
    }

    /// <summary>Whether lines should be coloured: as configured, else on a terminal that can and whose user has not said otherwise (https://no-color.org).</summary>
    /// <param name="setting"><c>logging.colors</c>.</param>
    /// <param name="isTerminal">The output is a terminal.</param>
    /// <param name="environment">Variables of the process.</param>
    public static bool WantsColors(LoggingColors setting, bool isTerminal, IReadOnlyDictionary<string, string> environment) => setting switch
    {
        LoggingColors.Auto => isTerminal && string.IsNullOrEmpty(environment.GetValueOrDefault("NO_COLOR")) && environment.GetValueOrDefault("TERM") != "dumb",
        var fixedSetting => fixedSetting == LoggingColors.On,
    };

    private static string ColorOf(LogLevel level) => level switch
    {
        LogLevel.Error => "\e[31m",
        LogLevel.Warning => "\e[33m",
        LogLevel.Information => "\e[32m",
        _ => "\e[90m",
    };
}
