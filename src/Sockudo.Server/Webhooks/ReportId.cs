namespace Sockudo.Server.Webhooks;

/// <summary>Which report to webhooks. <c>default</c>: none.</summary>
/// <param name="Teller">The node.</param>
/// <param name="Number">Of all its reports the how manieth, from 1.</param>
internal readonly record struct ReportId(ulong Teller, ulong Number)
{
    public bool IsNone => Number == 0;

    /// <summary>The same node has reported this before, or it is the same one.</summary>
    public bool IsUpTo(ReportId other) => Teller == other.Teller && Number <= other.Number;

    /// <summary>Some order, the same on all nodes.</summary>
    public bool IsAbove(ReportId other) => Number != other.Number ? Number > other.Number : Teller > other.Teller;
}
