namespace Sockudo.Server.Metrics;

/// <summary>How a look-up of a cached event has ended.</summary>
internal enum CacheRequestResult
{
    /// <summary>There was one.</summary>
    Hit,

    /// <summary>There was none.</summary>
    Miss,

    /// <summary>The cache could not be asked.</summary>
    Error,
}
