using System.Globalization;
using System.Runtime.InteropServices;

namespace Sockudo.Administration;

/// <summary>A process of this machine, as Linux shows it in <c>/proc</c>. Numbers of processes are used again; this one stays the process that was found.</summary>
internal sealed partial class LocalProcess
{
    private const int Terminate = 15; // SIGTERM
    private const int NotPermitted = 1; // EPERM
    private const string Listening = "0A"; // TCP_LISTEN

    private readonly string _started;

    private LocalProcess(int id, string started, IReadOnlyList<string> arguments)
    {
        Id = id;
        _started = started;
        Arguments = arguments;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Program and arguments; empty if that cannot be seen.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The program's name.</summary>
    public string Name => Arguments.Count > 0 ? Path.GetFileName(Arguments[0]) : "unknown";

    /// <summary>Whether it is this program: the executable itself, or <c>sockudo.dll</c> run by <c>dotnet</c>.</summary>
    public bool IsSockudo => Name is "sockudo" or "sockudo.exe" || (Name is "dotnet" && Arguments.Skip(1).Any(static argument => Path.GetFileName(argument) == "sockudo.dll"));

    /// <summary>Whether it has not ended yet; one that has ended and was not fetched by its parent has.</summary>
    public bool IsRunning => ReadState(Id) is { } state && state.Started == _started && state.Code is not ("Z" or "X");

    /// <summary>The process with this number; null if there is none.</summary>
    public static LocalProcess? Find(int id) =>
        ReadState(id) is { } state && state.Code is not ("Z" or "X") ? new LocalProcess(id, state.Started, ReadArguments(id)) : null;

    /// <summary>Those that listen on a TCP port, at whatever address. Those of other users are not seen, but by root.</summary>
    public static IReadOnlyList<LocalProcess> ListeningOn(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return WithSockets(RowsOf("/proc/net/tcp").Concat(RowsOf("/proc/net/tcp6"))
            .Where(row => row.Length > 9 && row[3] == Listening && row[1].EndsWith(suffix, StringComparison.Ordinal)).Select(static row => row[9]));
    }

    /// <summary>Those that have a Unix domain socket at a path.</summary>
    public static IReadOnlyList<LocalProcess> ListeningOn(string path)
    {
        var full = Path.GetFullPath(path);
        return WithSockets(RowsOf("/proc/net/unix").Where(row => row.Length > 7 && (row[7] == path || row[7] == full)).Select(static row => row[6]));
    }

    /// <summary>Asks it to stop.</summary>
    /// <exception cref="AdministrationException">That is not allowed, or it has ended.</exception>
    public void AskToStop()
    {
        if (Kill(Id, Terminate) == 0)
            return;
        throw new AdministrationException(Marshal.GetLastPInvokeError() == NotPermitted
            ? $"process {Id} belongs to another user; run this as that user or as root"
            : $"process {Id} has ended by itself");
    }

    /// <summary>How many files it may have open; null if that cannot be seen.</summary>
    public ulong? OpenFiles
    {
        get
        {
            var line = Lines($"/proc/{Id}/limits").FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return line is not null && ulong.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var soft)
                ? soft : null;
        }
    }

    public override string ToString() => $"process {Id} ({Name})";

    private static IReadOnlyList<LocalProcess> WithSockets(IEnumerable<string> inodes)
    {
        var wanted = inodes.Select(static inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0)
            return [];
        var ids = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Select(static name => int.TryParse(name, CultureInfo.InvariantCulture, out var id) ? id : 0);
        return [.. ids.Where(id => id > 0 && DescriptorsOf(id).Any(wanted.Contains)).Select(Find).OfType<LocalProcess>()];
    }

    private static IEnumerable<string> DescriptorsOf(int id)
    {
        try
        {
            return [.. new DirectoryInfo($"/proc/{id}/fd").EnumerateFileSystemInfos().Select(static file => file.LinkTarget).OfType<string>()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // State and time of start. The name before them may hold spaces and parentheses.
    private static (string Code, string Started)? ReadState(int id)
    {
        if (Lines($"/proc/{id}/stat").FirstOrDefault() is not { } line)
            return null;
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return (fields[0], fields[19]);
    }

    private static string[] ReadArguments(int id) =>
        Lines($"/proc/{id}/cmdline").FirstOrDefault()?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static IEnumerable<string[]> RowsOf(string path) => Lines(path).Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);
}
