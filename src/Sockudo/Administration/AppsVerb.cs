namespace Sockudo.Administration;

/// <summary>What <c>sockudo apps</c> is asked to do.</summary>
internal enum AppsVerb
{
    /// <summary>Print all apps.</summary>
    List,

    /// <summary>Print one app.</summary>
    Show,

    /// <summary>Add an app.</summary>
    Create,

    /// <summary>Change fields of an app.</summary>
    Update,

    /// <summary>Let clients in again.</summary>
    Enable,

    /// <summary>Send all clients away with 4003.</summary>
    Disable,

    /// <summary>Remove an app; its clients are sent away with 4001.</summary>
    Delete,

    /// <summary>Give an app a new secret beside the old one, or end that.</summary>
    RotateSecret,
}
