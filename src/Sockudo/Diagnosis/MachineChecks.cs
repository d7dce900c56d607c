using System.Globalization;
using Sockudo.Administration;
using Sockudo.Listeners;
using Sockudo.Server.Options;

namespace Sockudo.Diagnosis;

/// <summary>What the machine, or the container, allows.</summary>
internal static class MachineChecks
{
    // Besides one for each connection: listeners, backends, files of the runtime.
    private const ulong OwnFiles = 200;
    private const long SmallMemory = 256L << 20;

    /// <summary>Looks at the limits.</summary>
    /// <param name="options">Say how many connections there may be.</param>
    /// <param name="running">The server that runs already; its limits count, not those of this process.</param>
    public static IEnumerable<Finding> Run(SockudoOptions options, LocalProcess? running)
    {
        yield return OpenFiles(options, running);
        yield return Memory();
        if (!OperatingSystem.IsLinux())
            yield break;
        if (ReadNumbers("net/core/somaxconn") is [var backlog, ..])
        {
            var seen = string.Create(CultureInfo.InvariantCulture, $"net.core.somaxconn = {backlog}");
            yield return backlog >= HttpListener.Backlog
                ? Finding.Ok("sysctl somaxconn", seen)
                : Finding.Warning("sysctl somaxconn", seen, $"set it to {HttpListener.Backlog} or more: when many clients connect at once, those beyond it wait for a retransmission");
        }

        if (ReadNumbers("net/ipv4/ip_local_port_range") is [var first, var last, ..])
        {
            yield return Finding.Ok(
                "sysctl local ports", string.Create(CultureInfo.InvariantCulture, $"net.ipv4.ip_local_port_range = {first}-{last}: a proxy on this machine can hold {last - first + 1} connections to one address of a server"));
        }

        if (ReadNumbers("net/netfilter/nf_conntrack_max") is [var max, ..])
            yield return Conntrack(options, max, ReadNumbers("net/netfilter/nf_conntrack_count") is [var count, ..] ? count : 0);
    }

    private static Finding OpenFiles(SockudoOptions options, LocalProcess? running)
    {
        const string Check = "open files";
        if ((running?.OpenFiles ?? Listeners.OpenFiles.Raise()) is not { } limit)
            return Finding.Ok(Check, "this system does not tell its limit");
        var whose = running is null ? "a process started as this one" : $"the running server, {running},";
        var seen = string.Create(CultureInfo.InvariantCulture, $"{whose} may have {limit} open, enough for about {(limit > OwnFiles ? limit - OwnFiles : 0)} connections");
        const string Advice = "raise it: ulimit -n, systemd LimitNOFILE, Docker --ulimit nofile";
        if ((ulong)options.Websocket.MaxConnections + OwnFiles > limit)
            return Finding.Problem(Check, $"{seen}, and websocket.max_connections = {options.Websocket.MaxConnections}", Advice);
        return limit < Listeners.OpenFiles.Recommended ? Finding.Warning(Check, seen, Advice) : Finding.Ok(Check, seen);
    }

    private static Finding Memory()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var seen = string.Create(CultureInfo.InvariantCulture, $"{limit >> 20} MiB may be used (limit of the container, else of the machine)");
        return limit < SmallMemory
            ? Finding.Warning("memory", seen, $"give it {SmallMemory >> 20} MiB or more, or limit websocket.max_connections")
            : Finding.Ok("memory", seen);
    }

    private static Finding Conntrack(SockudoOptions options, long max, long count)
    {
        var seen = string.Create(CultureInfo.InvariantCulture, $"net.netfilter.nf_conntrack_max = {max}, {count} in use");
        // Beyond it the kernel drops packets of new connections, and says so in its own log only.
        return count > max * 0.8 || max < options.Websocket.MaxConnections
            ? Finding.Warning("sysctl conntrack", seen, "raise it to twice the number of connections: beyond it new connections are dropped without a word")
            : Finding.Ok("sysctl conntrack", seen);
    }

    private static long[]? ReadNumbers(string key)
    {
        try
        {
            return [.. File.ReadAllText("/proc/sys/" + key).Split(['\t', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
