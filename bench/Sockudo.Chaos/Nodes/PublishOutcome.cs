namespace Sockudo.Chaos.Nodes;

/// <summary>What a publisher knows of its event.</summary>
internal enum PublishOutcome
{
    /// <summary>The node has answered 200.</summary>
    Acknowledged,

    /// <summary>The node has answered with an error, or was not there: nobody may see it.</summary>
    Refused,

    /// <summary>No answer came: it may or may not be seen.</summary>
    Unknown,
}
