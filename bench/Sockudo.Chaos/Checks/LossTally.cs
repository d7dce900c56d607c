using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Checks;

/// <summary>What became of the events that were published while things failed.</summary>
/// <param name="Acknowledged">Answered with 200.</param>
/// <param name="Refused">Answered with an error, or nobody was there.</param>
/// <param name="Unknown">Not answered.</param>
/// <param name="Due">Deliveries of acknowledged ones to clients that were subscribed all the time.</param>
/// <param name="Lost">Those that did not come.</param>
internal sealed record LossTally(long Acknowledged, long Refused, long Unknown, long Due, long Lost = 0)
{
    /// <summary>With one event more.</summary>
    public LossTally With(PublishOutcome outcome, int listeners, int heard) => outcome switch
    {
        PublishOutcome.Acknowledged => this with { Acknowledged = Acknowledged + 1, Due = Due + listeners, Lost = Lost + listeners - heard },
        PublishOutcome.Refused => this with { Refused = Refused + 1 },
        _ => this with { Unknown = Unknown + 1 },
    };
}
