namespace Sockudo.Server.Options;

/// <summary>Colours in text lines.</summary>
public enum LoggingColors
{
    /// <summary><c>auto</c></summary>
    Auto,

    /// <summary><c>true</c></summary>
    On,

    /// <summary><c>false</c></summary>
    Off,
}
