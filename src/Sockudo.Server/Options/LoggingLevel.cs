namespace Sockudo.Server.Options;

/// <summary>A level of the log, or <c>off</c>.</summary>
public enum LoggingLevel
{
    /// <summary><c>trace</c></summary>
    Trace,

    /// <summary><c>debug</c></summary>
    Debug,

    /// <summary><c>info</c></summary>
    Info,

    /// <summary><c>warn</c></summary>
    Warn,

    /// <summary><c>error</c></summary>
    Error,

    /// <summary><c>off</c></summary>
    Off,
}
