using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sockudo.Specification.Backends;

namespace Sockudo.Tests.Processes;

/// <summary>A real server process, started from the built program on a free port.</summary>
public sealed partial class SockudoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The natively compiled program, if that is to be tested.
    private const string NativeProgramVariable = "SOCKUDO_TEST_PROGRAM";
    private static readonly string? NativeProgram = Environment.GetEnvironmentVariable(NativeProgramVariable);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SockudoProcess(Process process) => _process = process;

    /// <summary>Number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The natively compiled program is tested.</summary>
    public static bool IsNative => !string.IsNullOrEmpty(NativeProgram);

    /// <summary>Base address without trailing slash.</summary>
    public Uri Address { get; private set; } = new("http://invalid");

    /// <summary>Everything written to standard output and error so far.</summary>
    public IReadOnlyList<string> Output => Copy(_output);

    /// <summary>What of it was written to standard error.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="options">Values of <c>--set</c>; port, host and metrics are taken care of.</param>
    public static Task<SockudoProcess> StartAsync(params string[] options) => StartAsync(environment: null, options);

    /// <inheritdoc cref="StartAsync(string[])"/>
    /// <param name="environment">Further variables.</param>
    /// <param name="options">Values of <c>--set</c>.</param>
    public static Task<SockudoProcess> StartAsync(IReadOnlyDictionary<string, string>? environment, params string[] options) =>
        StartAsync(environment, openFiles: null, options);

    /// <inheritdoc cref="StartAsync(string[])"/>
    /// <param name="openFiles">Descriptors that the process may have; null = what the tests may.</param>
    /// <param name="options">Values of <c>--set</c>.</param>
    public static Task<SockudoProcess> StartAsync(int openFiles, params string[] options) => StartAsync(environment: null, openFiles, options);

    private static async Task<SockudoProcess> StartAsync(IReadOnlyDictionary<string, string>? environment, int? openFiles, string[] options)
    {
        string[] all = ["host=127.0.0.1", "port=0", "metrics.enabled=false", .. options];
        var server = Run(["--config", AppsFile, .. all.SelectMany(static option => new[] { "--set", option })], environment, openFiles);
        var address = await server._address.Task.WaitAsync(Patience);
        var prefix = options.FirstOrDefault(static option => option.StartsWith("path_prefix=", StringComparison.Ordinal))?["path_prefix=".Length..];
        server.Address = prefix is null ? address : new Uri(address, prefix);
        return server;
    }

    /// <summary>Starts the program with these arguments; it may end by itself.</summary>
    public static SockudoProcess Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, int? openFiles = null, string? directory = null)
    {
        string[] program = IsNative ? [NativeProgram!] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "sockudo.dll")];
        if (openFiles is { } limit)
            program = ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit} && exec \"$@\""), "sh", .. program];
        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? AppContext.BaseDirectory };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The program would say that it does not know it.
        start.Environment.Remove(NativeProgramVariable);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var server = new SockudoProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Read(line.Data, isError: false);
        server._process.ErrorDataReceived += (_, line) => server.Read(line.Data, isError: true);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>The apps of the specifications.</summary>
    public static string AppsFile => Path.Combine(AppContext.BaseDirectory, "apps.json");

    /// <summary>Sends a signal.</summary>
    public void Signal(PosixSignal signal) => ProcessSignal.Send(_process, signal switch { PosixSignal.SIGTERM => "TERM", PosixSignal.SIGINT => "INT", _ => "HUP" });

    /// <summary>Stops the process until it is resumed, as a suspended virtual machine does.</summary>
    public void Suspend() => ProcessSignal.Send(_process, "STOP");

    /// <summary>Lets a suspended process go on.</summary>
    public void Resume() => ProcessSignal.Send(_process, "CONT");

    /// <summary>Waits for a line that contains a text, and returns it.</summary>
    public async Task<string> ExpectOutputAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Output.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line, bool isError)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException("the server did not start:\n" + string.Join('\n', Output)));
            return;
        }

        lock (_output)
        {
            _output.Add(line);
            if (isError)
                _errors.Add(line);
        }

        if (AddressPattern().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    private IReadOnlyList<string> Copy(List<string> lines)
    {
        lock (_output)
            return [.. lines];
    }

    [GeneratedRegex(@"addresses=(https?://\S+)")]
    private static partial Regex AddressPattern();
}
