using System.Globalization;

namespace Sockudo.Diagnosis;

/// <summary>Compares a clock with the one of this machine.</summary>
internal static class ClockCheck
{
    // Signatures of the HTTP API are valid for 600 s to either side: half of that leaves nothing for the clock of whoever signs.
    private static readonly TimeSpan Bad = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(10);

    /// <summary>Compares.</summary>
    /// <param name="whose">Whose clock, for people.</param>
    /// <param name="theirs">What it showed.</param>
    /// <param name="ours">What the clock here showed at the same moment.</param>
    public static Finding Compare(string whose, DateTimeOffset theirs, DateTimeOffset ours)
    {
        var difference = theirs - ours;
        var seen = string.Create(CultureInfo.InvariantCulture, $"the clock of {whose} is {difference.Duration().TotalSeconds:0.0} s {(difference < TimeSpan.Zero ? "behind" : "ahead of")} this machine's");
        const string Advice = "let both follow NTP: signatures are refused at 600 s";
        return difference.Duration() switch
        {
            var much when much >= Bad => Finding.Problem("clock", seen, Advice),
            var some when some >= Suspicious => Finding.Warning("clock", seen, Advice),
            _ => Finding.Ok("clock", seen),
        };
    }
}
