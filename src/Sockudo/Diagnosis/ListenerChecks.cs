using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sockudo.Administration;
using Sockudo.Listeners;
using Sockudo.Server.Options;

namespace Sockudo.Diagnosis;

/// <summary>Whether the addresses that the server listens on are free, or served by a Sockudo already.</summary>
/// <param name="options">Say where it listens.</param>
internal sealed class ListenerChecks(SockudoOptions options)
{
    /// <summary>The server that listens there already; known after <see cref="RunAsync"/>.</summary>
    public LocalProcess? Running { get; private set; }

    /// <summary>Looks at each of them.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        using var server = new LocalServer(options);
        var findings = new List<Finding>();
        if (options.UnixSocket.Enabled)
            findings.Add(await UnixSocketAsync(server).ConfigureAwait(false));
        else
            findings.Add(await PortAsync("port", options.Host, options.Port, async () => await server.IsDrainingAsync().ConfigureAwait(false) is not null, isMain: true).ConfigureAwait(false));
        if (options.Metrics.Enabled)
            findings.Add(await PortAsync("metrics.port", options.Metrics.Host, options.Metrics.Port, server.ServesMetricsAsync).ConfigureAwait(false));
        if (options.Dashboard.Enabled)
            findings.Add(await PortAsync("dashboard.port", options.Dashboard.Host, options.Dashboard.Port, server.ServesDashboardAsync).ConfigureAwait(false));
        if (options.Ssl.RedirectHttp)
            findings.Add(await PortAsync("ssl.http_port", options.Host, options.Ssl.HttpPort, () => Task.FromResult(Running is not null)).ConfigureAwait(false));
        return findings;
    }

    private async Task<Finding> PortAsync(string key, string host, int port, Func<Task<bool>> isServed, bool isMain = false)
    {
        if (port == 0)
            return Finding.Ok(key, "0: a free port is taken at the start");
        try
        {
            foreach (var address in await HostAddress.ResolveAsync(host, key).ConfigureAwait(false))
                TryBind(address, port);
            return Finding.Ok(key, string.Create(CultureInfo.InvariantCulture, $"{port} is free"));
        }
        catch (ListenException exception)
        {
            return Finding.Problem(key, exception.Message);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            var holder = OperatingSystem.IsLinux() && LocalProcess.ListeningOn(port) is [var first, ..] ? first : null;
            if (await isServed().ConfigureAwait(false))
            {
                if (isMain)
                    Running = holder;
                return Finding.Ok(key, $"{port} is served by a running Sockudo{(holder is null ? "" : $", {holder}")}");
            }

            return Finding.Problem(key, $"{port} is taken: {holder?.ToString() ?? "another process"} listens there", $"stop it, or choose another {key}");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            return Finding.Problem(key, $"{port} may not be used by this user", "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher one, or grant it (systemd: AmbientCapabilities)");
        }
        catch (SocketException exception)
        {
            return Finding.Problem(key, $"{host}:{port} cannot be listened on: {exception.Message}", "use an address of this machine, 0.0.0.0 or ::");
        }
    }

    private async Task<Finding> UnixSocketAsync(LocalServer server)
    {
        var path = options.UnixSocket.Path;
        if (await server.IsDrainingAsync().ConfigureAwait(false) is not null)
        {
            Running = OperatingSystem.IsLinux() && LocalProcess.ListeningOn(path) is [var first, ..] ? first : null;
            return Finding.Ok("unix_socket.path", $"{path} is served by a running Sockudo{(Running is null ? "" : $", {Running}")}");
        }

        try
        {
            await UnixSocketFile.IsStaleAsync(path).ConfigureAwait(false);
            return Finding.Ok("unix_socket.path", $"{path} is free");
        }
        catch (ListenException exception)
        {
            return Finding.Problem("unix_socket.path", exception.Message);
        }
    }

    private static void TryBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(address, port));
        // Somebody may share the address without listening.
        socket.Listen(1);
    }
}
