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

    /// <summary>Look at or deal with webhooks that were given up.</summary>
    ManageWebhooks,

    /// <summary>Stop a running server and wait for it.</summary>
    Drain,

    /// <summary>Look for what is wrong with configuration, machine, backends and proxies.</summary>
    Diagnose,

    /// <summary>Everything has been said; end with the exit code.</summary>
    Exit,
}
