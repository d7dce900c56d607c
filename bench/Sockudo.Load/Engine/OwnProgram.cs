namespace Sockudo.Load.Engine;

/// <summary>This tool as a command that can be started again.</summary>
internal static class OwnProgram
{
    /// <summary>Program and first arguments, if it was started by the <c>dotnet</c> host.</summary>
    public static string Command { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? $"{Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "Sockudo.Load.dll")}"
        : Environment.ProcessPath!;
}
