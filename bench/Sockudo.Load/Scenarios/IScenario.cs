using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>A kind of load, set up against one server and run in rounds.</summary>
internal interface IScenario : IDisposable
{
    /// <summary>
    /// Runs until the code on both sides is compiled for good. The figures do not count, but the faults do.
    /// </summary>
    RoundResult WarmUp(TimeSpan duration) => Run(duration);

    /// <summary>Runs for a time and says what it showed.</summary>
    RoundResult Run(TimeSpan duration);
}
