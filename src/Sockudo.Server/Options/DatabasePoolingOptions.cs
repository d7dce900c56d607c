namespace Sockudo.Server.Options;

/// <summary>Section <c>database_pooling</c> of the configuration.</summary>
public sealed record DatabasePoolingOptions
{
    /// <summary>False: one connection per query.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Least connections of the SQL drivers' pools.</summary>
    public int Min { get; init; } = 2;

    /// <summary>Most connections of the SQL drivers' pools.</summary>
    public int Max { get; init; } = 10;
}
