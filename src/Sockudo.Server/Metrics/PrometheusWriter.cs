using System.Globalization;
using System.Text;

namespace Sockudo.Server.Metrics;

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
/// <param name="prefix">In front of the names of families that are not those of process and runtime.</param>
/// <param name="port">Value of the constant label <c>port</c>.</param>
internal sealed class PrometheusWriter(string prefix, string port)
{
    private readonly StringBuilder _text = new(16 * 1024);
    private string _family = "";
    private bool _isOwn;

    /// <summary>Begins a family of this server.</summary>
    public PrometheusWriter Family(MetricFamily family)
    {
        var type = family.Type switch { MetricType.Counter => "counter", MetricType.Gauge => "gauge", _ => "histogram" };
        return Begin(prefix + family.Name, type, family.Help, isOwn: true);
    }

    /// <summary>Begins a family of the process or the runtime: neither prefix nor own labels.</summary>
    public PrometheusWriter ProcessFamily(string name, string type, string help) => Begin(name, type, help, isOwn: false);

    /// <summary>One sample of the family that was begun last.</summary>
    public PrometheusWriter Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample("", value, null, labels);

    /// <summary>The samples of a histogram.</summary>
    public PrometheusWriter Histogram(IReadOnlyList<double> bounds, Histogram histogram)
    {
        ReadOnlySpan<(string Name, string Value)> labels = [.. histogram.Labels];
        // Before the counts: an observation in between is then in a bucket, and not yet in the sum.
        var sum = histogram.Sum;
        var count = 0L;
        for (var i = 0; i < bounds.Count; i++)
        {
            count += histogram.CountAt(i);
            Sample("_bucket", count, bounds[i].ToString(CultureInfo.InvariantCulture), labels);
        }

        count += histogram.CountAt(bounds.Count);
        Sample("_bucket", count, "+Inf", labels);
        Sample("_sum", sum, null, labels);
        return Sample("_count", count, null, labels);
    }

    public override string ToString() => _text.ToString();

    private PrometheusWriter Begin(string name, string type, string help, bool isOwn)
    {
        _family = name;
        _isOwn = isOwn;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private PrometheusWriter Sample(string suffix, double value, string? bound, ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family).Append(suffix);
        var separator = '{';
        foreach (var (name, label) in labels)
            Label(ref separator, name, label);
        if (_isOwn)
            Label(ref separator, "port", port);
        if (bound is not null)
            Label(ref separator, "le", bound);
        if (separator == ',')
            _text.Append('}');
        _text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    private void Label(ref char separator, string name, string value)
    {
        _text.Append(separator).Append(name).Append("=\"")
            .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');
        separator = ',';
    }
}
