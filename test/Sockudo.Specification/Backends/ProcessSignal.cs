using System.Diagnostics;
using System.Globalization;

namespace Sockudo.Specification.Backends;

/// <summary>Sends signals to processes that a test has started.</summary>
public static class ProcessSignal
{
    /// <summary>Sends a signal by its name without SIG. After STOP all threads of the process stand still, which the kernel's answer alone does not promise.</summary>
    public static void Send(Process process, string name)
    {
        ArgumentNullException.ThrowIfNull(process);
        // The shell has kill built in; the program may be missing.
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {process.Id}")]);
        kill.WaitForExit();
        if (name == "STOP")
            SpinWait.SpinUntil(() => IsStopped(process.Id), TimeSpan.FromSeconds(5));
    }

    private static bool IsStopped(int pid) =>
        Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")).All(static thread =>
        {
            // "pid (name) state ...", where the name may hold anything.
            var line = File.ReadAllText(Path.Combine(thread, "stat"));
            return line[line.LastIndexOf(')') + 2] == 'T';
        });
}
