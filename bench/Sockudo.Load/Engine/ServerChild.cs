using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sockudo.Load.Engine;

/// <summary>A server started for a measurement, if need be on a core of its own, and killed at the end.</summary>
internal sealed partial class ServerChild : IDisposable
{
    private readonly Process _process;

    /// <param name="command">Program and arguments, separated by blanks. It must print <c>addresses=http://…</c> when it listens.</param>
    /// <param name="core">The core it may use; null = all.</param>
    /// <param name="environment">Variables that the measurement needs; those that the tool itself was started with win.</param>
    public ServerChild(string command, int? core, IReadOnlyDictionary<string, string> environment)
    {
        var arguments = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).AsEnumerable();
        if (core is { } one)
            arguments = ["taskset", "-c", one.ToString(CultureInfo.InvariantCulture), .. arguments];
        var start = new ProcessStartInfo(arguments.First(), arguments.Skip(1)) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
            start.Environment.TryAdd(name, value);
        _process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Url = ReadAddress() ?? throw new IOException($"the server did not start: {command}");
        // Whatever else it says must not fill the pipe.
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => _process.Kill();

    private Uri? ReadAddress()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (AddressPattern().Match(line) is { Success: true } match)
                return new Uri(match.Groups[1].Value.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        }

        return null;
    }

    [GeneratedRegex(@"addresses=(https?://[^\s,]+)")]
    private static partial Regex AddressPattern();
}
