namespace Sockudo.CommandLine;

/// <summary>What the process is asked to do.</summary>
internal enum CommandLineAction
{
    /// <summary>Run the server.</summary>
    Run,

    /// <summary>Load and validate, print the effective configuration.</summary>
    CheckConfiguration,

    /// <summary>Ask a running server whether it is up.</summary>
    CheckHealth,

    /// <summary>Look at or change apps.</summary>
    ManageApps,

    /// <summary>Everything has been said; end with the exit code.</summary>
    Exit,
}
