using System.Globalization;

namespace Sockudo.Load.Reports;

/// <summary>Text in columns: the first is left-aligned, and so is the last if its title is empty; numbers are right-aligned.</summary>
internal sealed class Table(params string[] titles)
{
    private readonly List<string[]> _rows = [titles];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter output)
    {
        var widths = titles.Select((_, column) => _rows.Max(row => row[column].Length)).ToList();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) => IsLeft(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>A number with as many decimals as its size deserves.</summary>
    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch
        {
            0 or >= 1000 => "#,0",
            >= 100 => "0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            _ => "0.000",
        },
        CultureInfo.InvariantCulture);

    private bool IsLeft(int column) => column == 0 || titles[column].Length == 0;
}
