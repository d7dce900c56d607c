using System.Globalization;
using System.Text;
using Sockudo.Chaos.Checks;

namespace Sockudo.Chaos;

/// <summary>A run as a page of Markdown.</summary>
internal static class Report
{
    /// <summary>Writes it.</summary>
    public static Task WriteAsync(string path, ChaosOptions options, Timeline timeline, IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Chaos: seed {options.Seed}, {options.Broker}, {options.Clients} clients, {options.Duration.TotalSeconds:0} s");
        text.AppendLine().AppendLine(findings.Count == 0 ? "Everything was as promised." : string.Create(CultureInfo.InvariantCulture, $"{findings.Count} findings."));
        foreach (var finding in findings)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {finding.At.TotalSeconds:0.0} s, {finding.Check}: expected {finding.Expected}; seen: {finding.Seen}");
        text.AppendLine().AppendLine("```").AppendJoin('\n', timeline.Lines).AppendLine().AppendLine("```");
        return File.WriteAllTextAsync(path, text.ToString());
    }
}
