namespace Sockudo.Server.Apps;

/// <summary>What a stored field of an app holds.</summary>
public enum AppFieldKind
{
    /// <summary>Up to 255 characters.</summary>
    Text,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A number of 32 bits; 0 and -1 = no limit.</summary>
    Number,

    /// <summary>JSON text.</summary>
    Json,
}
