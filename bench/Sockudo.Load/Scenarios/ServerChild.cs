using System.Diagnostics;
using System.Text.RegularExpressions;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>A server started for a measurement, on a core of its own.</summary>
internal sealed partial class ServerChild : IDisposable
{
    private readonly Process _process;

    /// <param name="command">Program and arguments. It must print <c>addresses=http://…</c> when it listens.</param>
    /// <param name="cpu">The core it may use.</param>
    public ServerChild(string command, int cpu)
    {
        var parts = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo("taskset") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", cpu.ToString(System.Globalization.CultureInfo.InvariantCulture), .. parts])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (AddressPattern().Match(line) is { Success: true } match)
            {
                Url = new Uri(match.Groups[1].Value.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
                // Whatever else it says must not fill the pipe.
                _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return;
            }
        }

        throw new IOException($"the server did not start: {command}");
    }

    public Uri Url { get; } = null!;

    public int Id => _process.Id;

    /// <summary>Confines this process to a core.</summary>
    public static void PinSelf(int cpu) => _ = Native.SetAffinity(0, sizeof(ulong), 1UL << cpu);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"addresses=(http://\S+)")]
    private static partial Regex AddressPattern();
}
