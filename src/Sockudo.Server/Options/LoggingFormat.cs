namespace Sockudo.Server.Options;

/// <summary>Format of log lines.</summary>
public enum LoggingFormat
{
    /// <summary><c>text</c></summary>
    Text,

    /// <summary><c>json</c></summary>
    Json,
}
