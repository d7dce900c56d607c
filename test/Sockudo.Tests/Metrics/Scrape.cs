using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Sockudo.Tests.Metrics;

/// <summary>An answer of <c>/metrics</c>, taken apart.</summary>
public sealed partial class Scrape
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);
    private readonly List<(string Family, string Name, Dictionary<string, string> Labels, double Value)> _samples = [];

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 4);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                Assert.True(_helped.Add(words[2]) && words[3].Length > 0, line);
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                _types.Add(words[2], words[3]);
            else
                _samples.Add(ParseSample(line));
        }
    }

    /// <summary>As it came.</summary>
    public string Text { get; }

    /// <summary>All families with their types.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>All samples; histograms by the names of their parts.</summary>
    public IReadOnlyList<(string Family, string Name, Dictionary<string, string> Labels, double Value)> Samples => _samples;

    public static async Task<Scrape> OfAsync(Uri metrics)
    {
        using var http = new HttpClient();
        return new Scrape(await http.GetStringAsync(new Uri(metrics, "/metrics"), TestContext.Current.CancellationToken));
    }

    /// <summary>Sum of all samples of a family with these labels; 0 if there are none.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => _samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value))
        .Sum(static sample => sample.Value);

    private (string Family, string Name, Dictionary<string, string> Labels, double Value) ParseSample(string line)
    {
        var match = SamplePattern().Match(line);
        Assert.True(match.Success, line);
        var name = match.Groups["name"].Value;
        var family = _types.ContainsKey(name) ? name : name[..name.LastIndexOf('_')];
        // Families come in one piece each, behind their HELP and TYPE.
        Assert.True(_types.ContainsKey(family) && _helped.Contains(family), line);
        var labels = LabelPattern().Matches(match.Groups["labels"].Value).ToDictionary(
            static label => label.Groups[1].Value, static label => label.Groups[2].Value, StringComparer.Ordinal);
        var value = match.Groups["value"].Value;
        return (family, name, labels, value == "+Inf" ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([^"}]|"([^"\\]|\\.)*")*)\})? (?<value>\S+)$""")]
    private static partial Regex SamplePattern();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?""")]
    private static partial Regex LabelPattern();
}
