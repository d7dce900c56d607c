namespace Sockudo.Server.Options;

/// <summary><c>instance</c>: this node.</summary>
public sealed record InstanceOptions
{
    /// <summary>Name of the node in logs and cluster messages; random if absent.</summary>
    public string? ProcessId { get; init; }
}
