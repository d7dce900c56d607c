using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>A server program of somebody else, which runs as long as a test needs it.</summary>
public sealed class BackendProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _output = [];

    private BackendProcess(Process process) => _process = process;

    /// <summary>What it has written so far, for messages.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>Skips the test, by name, if a program is not installed.</summary>
    public static void Require(params string[] programs)
    {
        foreach (var program in programs)
            Assert.SkipUnless(Find(program) is not null, $"{program} is missing; install it and run again");
    }

    /// <summary>Starts a program.</summary>
    public static BackendProcess Start(string program, string directory, params string[] arguments)
    {
        Require(program);
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        var server = new BackendProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Read(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Read(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Runs a program to its end; what it has written.</summary>
    public static async Task<string> RunAsync(string program, string directory, params string[] arguments)
    {
        await using var process = Start(program, directory, arguments);
        await process._process.WaitForExitAsync().WaitAsync(Patience);
        return process.Output;
    }

    /// <summary>As <see cref="RunAsync"/>, and it must succeed.</summary>
    public static async Task<string> MustRunAsync(string program, string directory, params string[] arguments)
    {
        await using var process = Start(program, directory, arguments);
        await process._process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process._process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{process.Output}");
        return process.Output;
    }

    /// <summary>Waits until it accepts connections.</summary>
    public async Task WaitUntilListeningAsync(int port)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            Assert.False(_process.HasExited, $"{_process.StartInfo.FileName} has ended:\n{Output}");
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, timeout.Token);
            }
        }
    }

    /// <summary>Stops it where it is: its connections stay, and nobody answers.</summary>
    public void Suspend() => ProcessSignal.Send(_process, "STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => ProcessSignal.Send(_process, "CONT");

    /// <summary>Ends it with a signal, and waits for that.</summary>
    public async Task EndAsync(string signal)
    {
        if (!_process.HasExited)
            ProcessSignal.Send(_process, signal);
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Ends it with SIGKILL, and waits for that.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string? Find(string program) =>
        program.StartsWith('/') ? program : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
    }
}
