using System.Runtime.InteropServices;

namespace Sockudo.Listeners;

/// <summary>The limit of open files: every connection is one (operations.md 3).</summary>
internal static partial class OpenFiles
{
    /// <summary>Below this an operator should know.</summary>
    public const ulong Recommended = 10_000;

    private const int ResourceOpenFiles = 7; // RLIMIT_NOFILE on Linux

    /// <summary>Raises the soft limit to the hard one; the limit then in force, or null where there is none to be known.</summary>
    public static ulong? Raise()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(ResourceOpenFiles, out var limit) != 0)
            return null;
        if (limit.Soft < limit.Hard)
        {
            var raised = limit with { Soft = limit.Hard };
            if (SetLimit(ResourceOpenFiles, in raised) == 0)
                return raised.Soft;
        }

        return limit.Soft;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}
