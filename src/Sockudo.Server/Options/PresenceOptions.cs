namespace Sockudo.Server.Options;

/// <summary>Section <c>presence</c> of the configuration.</summary>
public sealed record PresenceOptions
{
    /// <summary>Distinct users of a presence channel (P-16).</summary>
    public int MaxMembersPerChannel { get; init; } = 100;

    /// <summary>KiB of a member's <c>user_info</c> (P-3).</summary>
    public int MaxMemberSizeInKb { get; init; } = 2;
}
