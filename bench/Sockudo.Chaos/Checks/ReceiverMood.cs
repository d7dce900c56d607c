namespace Sockudo.Chaos.Checks;

/// <summary>How a receiver of webhooks answers.</summary>
internal enum ReceiverMood
{
    /// <summary>200.</summary>
    Well,

    /// <summary>500.</summary>
    Failing,

    /// <summary>It takes requests and does not answer.</summary>
    Hanging,

    /// <summary>Nobody listens.</summary>
    Away,
}
