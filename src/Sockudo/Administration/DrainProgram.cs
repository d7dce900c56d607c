using System.Globalization;
using Sockudo.CommandLine;
using Sockudo.Server.Options;

namespace Sockudo.Administration;

/// <summary><c>sockudo drain</c>: asks a server on this machine to stop as SIGTERM does (operations.md 4), tells how many connections are left, and waits for its end.</summary>
internal static class DrainProgram
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Does it; the exit code is 0 once the process has ended.</summary>
    public static async Task<int> RunAsync(DrainRequest request, SockudoOptions options, TimeProvider time, TextWriter output, TextWriter errors)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                throw new AdministrationException("sockudo drain looks for the process in /proc, which only Linux has; send SIGTERM to it instead");
            using var server = new LocalServer(options);
            var listening = options.UnixSocket.Enabled ? LocalProcess.ListeningOn(options.UnixSocket.Path) : LocalProcess.ListeningOn(options.Port);
            var process = Choose(request, options, listening);
            // The numbers that are shown must be those of this process.
            var isConfigured = listening.Any(other => other.Id == process.Id);
            var timeout = request.Timeout ?? TimeSpan.FromSeconds(options.ShutdownGracePeriod) + Margin;

            // A second SIGTERM would end it at once.
            if (isConfigured && await server.IsDrainingAsync().ConfigureAwait(false) == true)
            {
                await output.WriteLineAsync($"{Capitalised(process)} is stopping already.").ConfigureAwait(false);
            }
            else
            {
                var open = isConfigured ? await server.CountConnectionsAsync().ConfigureAwait(false) : null;
                process.AskToStop();
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{Capitalised(process)} is asked to stop{(open is null ? "" : $", with {open} connections")}; waiting for at most {timeout.TotalSeconds:0} s.")).ConfigureAwait(false);
            }

            await WaitAsync(process, isConfigured ? server : null, timeout, time, output).ConfigureAwait(false);
            await output.WriteLineAsync($"{Capitalised(process)} has ended.").ConfigureAwait(false);
            return ExitCodes.Ok;
        }
        catch (AdministrationException exception)
        {
            await errors.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    private static LocalProcess Choose(DrainRequest request, SockudoOptions options, IReadOnlyList<LocalProcess> listening)
    {
        if (request.ProcessId is { } id)
        {
            var named = LocalProcess.Find(id) ?? throw new AdministrationException($"there is no process {id}");
            return named.IsSockudo ? named : throw new AdministrationException($"{named} is no Sockudo; it is left alone");
        }

        var where = options.UnixSocket.Enabled ? $"unix_socket.path = {options.UnixSocket.Path}" : $"port = {options.Port}";
        return listening.Where(static process => process.IsSockudo).ToList() switch
        {
            [var one] => one,
            [] when listening.Count > 0 => throw new AdministrationException($"{listening[0]} listens there ({where}), and is no Sockudo"),
            [] => throw new AdministrationException(
                $"no Sockudo listens there ({where}) that this user can see; give the configuration of the server, its number with --pid, or run this as its user or as root"),
            var several => throw new AdministrationException($"several listen there ({where}): {string.Join(", ", several.Select(static process => process.Id))}; choose one with --pid"),
        };
    }

    private static async Task WaitAsync(LocalProcess process, LocalServer? server, TimeSpan timeout, TimeProvider time, TextWriter output)
    {
        var began = time.GetTimestamp();
        long? shown = null;
        var report = TimeSpan.Zero;
        while (process.IsRunning)
        {
            var elapsed = time.GetElapsedTime(began);
            if (elapsed >= timeout)
            {
                throw new AdministrationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{process} has not ended after {timeout.TotalSeconds:0} s and goes on stopping; wait longer with --timeout, or end it with: kill -KILL {process.Id}"));
            }

            if (server is not null && elapsed >= report)
            {
                report = elapsed + ReportInterval;
                if (await server.CountConnectionsAsync().ConfigureAwait(false) is { } left && left != shown)
                {
                    shown = left;
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{left} connections left")).ConfigureAwait(false);
                }
            }

            await Task.Delay(PollInterval, time).ConfigureAwait(false);
        }
    }

    private static string Capitalised(LocalProcess process) => $"P{process.ToString()[1..]}";
}
