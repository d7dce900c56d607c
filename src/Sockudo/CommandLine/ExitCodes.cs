namespace Sockudo.CommandLine;

/// <summary>configuration.md 2.</summary>
internal static class ExitCodes
{
    /// <summary>A regular stop.</summary>
    public const int Ok = 0;

    /// <summary>Anything that prevents the start or ends the process, but a wrong configuration.</summary>
    public const int Failure = 1;

    /// <summary>Wrong configuration or command line (EX_CONFIG of sysexits.h).</summary>
    public const int Configuration = 78;
}
