namespace Sockudo.Server.Apps;

/// <summary>How a look-up of an app in a database has ended (<c>app_lookups_total</c>).</summary>
internal enum AppLookupResult
{
    /// <summary>The cache knew the app.</summary>
    Hit,

    /// <summary>The cache knew that there is none.</summary>
    NegativeHit,

    /// <summary>The database had it.</summary>
    Loaded,

    /// <summary>The database had none.</summary>
    NotFound,

    /// <summary>The database could not be asked.</summary>
    Error,
}
