using System.Globalization;

namespace Sockudo.Chaos.Checks;

/// <summary>All that is not as promised. The first few of a kind are printed.</summary>
internal sealed class Findings(Timeline timeline)
{
    private const int PrintedPerCheck = 10;

    private readonly List<Finding> _all = [];

    /// <summary>All so far.</summary>
    public IReadOnlyList<Finding> All
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(string check, string expected, string seen)
    {
        int count;
        lock (_all)
        {
            _all.Add(new Finding(check, expected, seen, timeline.Elapsed));
            count = _all.Count(finding => finding.Check == check);
        }

        if (count <= PrintedPerCheck)
            timeline.Say(string.Create(CultureInfo.InvariantCulture, $"FAILED {check}: expected {expected}; seen: {seen}"));
    }
}
