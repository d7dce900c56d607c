using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Listeners;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Telemetry;

namespace Sockudo;

/// <summary>The life of the process: start, signals, graceful stop (operations.md 3 and 4).</summary>
internal sealed partial class ServerProcess(Composition composition, OtlpSettings telemetry)
{
    private static readonly TimeSpan TelemetryPatience = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = composition.Loggers.CreateLogger("sockudo.process");
    private readonly ILogger _configLogger = composition.Loggers.CreateLogger("sockudo.config");
    private readonly SockudoOptions _options = composition.Options;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SystemdNotifier _systemd = SystemdNotifier.FromEnvironment(TimeProvider.System, composition.Loggers.CreateLogger("sockudo.process"));
    private ServerCertificate? _certificate;

    /// <summary>Runs until a signal asks it to stop; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStopSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStopSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        foreach (var warning in composition.Configuration.Warnings.Concat(telemetry.Warnings))
            LogWarning(_configLogger, warning);
        var openFiles = OpenFiles.Raise();
        try
        {
            if (_options.Ssl.Enabled && !_options.UnixSocket.Enabled)
                _certificate = ServerCertificate.Load(_options.Ssl, TimeProvider.System, composition.Loggers.CreateLogger("sockudo.tls"));
            _systemd.Starting(StartPatience);
            await StartServerAsync().ConfigureAwait(false);
            await using var main = await MainListener.StartAsync(composition.Server, _options, _certificate, composition.Loggers).ConfigureAwait(false);
            var families = composition.CreateMetrics(() => _certificate?.Expires);
            using var meter = new ServerMeter(families, _options.Metrics.Prometheus.Prefix, composition.Version);
            using var export = telemetry.IsOn ? StartExport() : null;
            await using var metrics = await StartMetricsAsync(families).ConfigureAwait(false);
            await using var dashboard = _options.Dashboard.Enabled
                ? await DashboardListener.StartAsync(_options.Dashboard, composition.CreateDashboard, _certificate, composition.Loggers).ConfigureAwait(false)
                : null;
            await using var redirect = _options.Ssl.RedirectHttp
                ? await RedirectListener.StartAsync(_options, new Uri(main.Addresses[0]).Port, composition.Loggers).ConfigureAwait(false)
                : null;
            composition.Webhooks?.Start();
            Announce(main, metrics, openFiles);
            if (redirect is not null)
                LogRedirect(_logger, string.Join(' ', redirect.Addresses));
            if (dashboard is not null)
                LogDashboard(_logger, string.Join(' ', dashboard.Addresses));
            _systemd.Ready($"Listening on {string.Join(' ', main.Addresses)}");

            await _stop.Task.ConfigureAwait(false);
            await StopAsync(main, metrics, redirect, dashboard).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (_stop.Task.IsCompleted)
        {
            // Asked to stop before it had started.
            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is ListenException or BackendException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
        finally
        {
            _certificate?.Dispose();
            _systemd.Dispose();
        }
    }

    // Each backend has the time for itself.
    private TimeSpan StartPatience => TimeSpan.FromSeconds((_options.StartupTimeout * (composition.Backends.Count + 2.0)) + 30);

    // A signal ends the waiting for a backend.
    private async Task StartServerAsync()
    {
        using var stopping = new CancellationTokenSource();
        var starting = StartAllAsync(stopping.Token);
        if (await Task.WhenAny(starting, _stop.Task).ConfigureAwait(false) != starting)
            await stopping.CancelAsync().ConfigureAwait(false);
        await starting.ConfigureAwait(false);
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        var retry = new StartupRetry(TimeSpan.FromSeconds(_options.StartupTimeout), TimeProvider.System, _logger);
        foreach (var backend in composition.Backends)
            await retry.RunAsync(backend.State.Component, backend.StartAsync, cancellationToken).ConfigureAwait(false);
        if (composition.AppDatabase is { } database)
            await retry.RunAsync("app_manager", seeding => SeedAsync(database, seeding), cancellationToken).ConfigureAwait(false);
        await retry.RunAsync("adapter", composition.Server.StartAsync, cancellationToken).ConfigureAwait(false);
    }

    private async Task SeedAsync(IAppDatabase database, CancellationToken cancellationToken)
    {
        var inserted = await AppDatabases.SeedAsync(database, _options.AppManager.Array.Apps, cancellationToken).ConfigureAwait(false);
        if (inserted > 0)
            LogSeeded(_logger, inserted);
        composition.LookAfterApps();
    }

    private async Task<HttpListener?> StartMetricsAsync(MetricFamilies families)
    {
        if (!_options.Metrics.Enabled)
            return null;
        var port = _options.Metrics.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var report = new MetricsReport(families, _options.Metrics.Prometheus.Prefix, port);
        return await MetricsListener.StartAsync(_options.Metrics, report.Write, composition.Loggers).ConfigureAwait(false);
    }

    // Not inlined, so that a server that exports nothing does not load what exports.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private OtlpExport StartExport()
    {
        var grace = TimeSpan.FromSeconds(_options.ShutdownGracePeriod);
        return new OtlpExport(telemetry, composition.Version, composition.NodeName, grace < TelemetryPatience ? grace : TelemetryPatience, _logger);
    }

    // The WebSockets first, while HTTP goes on; then the listeners, for what is left of the time.
    private async Task StopAsync(MainListener main, HttpListener? metrics, HttpListener? redirect, DashboardListener? dashboard)
    {
        using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(_options.ShutdownGracePeriod));
        _systemd.Stopping(TimeSpan.FromSeconds(_options.ShutdownGracePeriod + 10.0));
        var progress = TimeProvider.System.CreateTimer(
            _ => _systemd.Status($"Stopping: {composition.Server.ConnectionCount} connections left"), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await using (progress.ConfigureAwait(false))
            await composition.Server.DrainAsync(grace.Token).ConfigureAwait(false);
        if (composition.Webhooks is not null)
            await composition.Webhooks.DrainAsync(grace.Token).ConfigureAwait(false);
        await main.StopAsync(grace.Token).ConfigureAwait(false);
        if (redirect is not null)
            await redirect.StopAsync(grace.Token).ConfigureAwait(false);
        if (dashboard is not null)
            await dashboard.StopAsync(grace.Token).ConfigureAwait(false);
        if (metrics is not null)
            await metrics.StopAsync(grace.Token).ConfigureAwait(false);
        LogStopped(_logger);
    }

    private void OnStopSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        // "A second one: exit at once, code 1."
        if (!_stop.TrySetResult())
            Environment.Exit(ExitCodes.Failure);
    }

    private void OnHangUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _ = ReloadAsync();
    }

    private async Task ReloadAsync()
    {
        try
        {
            _systemd.Reloading();
            _certificate?.Reload();
            await ReloadAppsAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody waits for this, so nobody else would tell.
            LogReloadFailed(_logger, exception);
        }
        finally
        {
            _systemd.Reloaded();
        }
    }

    private async Task ReloadAppsAsync()
    {
        var fresh = await composition.ReloadAppsAsync().ConfigureAwait(false);
        foreach (var error in fresh.Errors)
            LogNotReloaded(_configLogger, error);
        if (fresh.Errors.Count > 0)
            return;
        if (composition.AppDatabase is null)
            LogReloaded(_logger, fresh.Options.AppManager.Array.Apps.Count);
        else
            LogLookedUpAgain(_logger);
        foreach (var (path, value) in fresh.Effective)
        {
            var old = composition.Configuration.Effective[path];
            var isSame = value is IReadOnlyList<string> list && old is IReadOnlyList<string> oldList ? list.SequenceEqual(oldList) : Equals(value, old);
            if (!isSame)
                LogNeedsRestart(_configLogger, path);
        }
    }

    private void Announce(MainListener main, HttpListener? metrics, ulong? openFiles)
    {
        var apps = _options.AppManager.Array.Apps;
        LogStarted(
            _logger, composition.Version, _options.Mode, string.Join(' ', main.Addresses),
            metrics is null ? "off" : string.Join(' ', metrics.Addresses), DescribeDrivers(),
            composition.AppDatabase is null ? apps.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) : "stored",
            openFiles?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown", composition.Configuration.File ?? "none");
        if (apps.Count > 0)
            LogApps(_logger, string.Join(' ', apps.Select(static app => app.Id)));
        if (apps.FirstOrDefault(static app => app.Enabled) is { } first)
            LogClientAddress(_logger, ClientAddressOf(main, first.Key));
        if (openFiles < OpenFiles.Recommended)
            LogFewFiles(_logger, openFiles.Value);
        WarnOfDemoCredentials();
    }

    // configuration.md 5.3.
    private void WarnOfDemoCredentials()
    {
        if (_options.Mode is "development" or "dev" || _options.UnixSocket.Enabled || HostAddress.IsLoopback(_options.Host))
            return;
        foreach (var app in _options.AppManager.Array.Apps.Where(static app => app.Enabled && app.Secret == "demo-secret"))
            LogDemo(_logger, app.Id);
    }

    private string DescribeDrivers() =>
        $"adapter:{Choices.NameOf(_options.Adapter.Driver)},apps:{Choices.NameOf(_options.AppManager.Driver)},cache:{Choices.NameOf(_options.Cache.Driver)},"
        + $"queue:{Choices.NameOf(_options.Queue.Driver)},rate_limiter:{Choices.NameOf(_options.RateLimiter.Driver)}";

    private string ClientAddressOf(MainListener main, string key)
    {
        if (_options.UnixSocket.Enabled)
            return _options.UnixSocket.Path;
        var address = new Uri(main.Addresses[0]);
        var host = HostAddress.IsLoopback(_options.Host) || _options.Host is "0.0.0.0" or "::" or "*" ? "localhost" : _options.Host;
        var prefix = _options.PathPrefix == "/" ? "" : _options.PathPrefix;
        return $"{(_options.Ssl.Enabled ? "wss" : "ws")}://{host}:{address.Port}{prefix}/app/{key}";
    }

    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(2, LogLevel.Information,
        "Sockudo {Version} is listening  mode={Mode} addresses={Addresses} metrics={Metrics} drivers={Drivers} apps={Apps} open_files={OpenFiles} config={Config}")]
    private static partial void LogStarted(
        ILogger logger, string version, string mode, string addresses, string metrics, string drivers, string apps, string openFiles, string config);

    [LoggerMessage(3, LogLevel.Information, "apps  ids={Ids}")]
    private static partial void LogApps(ILogger logger, string ids);

    [LoggerMessage(4, LogLevel.Information, "point a client to  url={Url}")]
    private static partial void LogClientAddress(ILogger logger, string url);

    [LoggerMessage(5, LogLevel.Warning, "few open files are allowed, and every connection is one: raise the limit (ulimit -n, LimitNOFILE)  open_files={OpenFiles}")]
    private static partial void LogFewFiles(ILogger logger, ulong openFiles);

    [LoggerMessage(6, LogLevel.Warning,
        "app {App} has the demo secret, which everybody knows: set SOCKUDO_DEFAULT_APP_ID, SOCKUDO_DEFAULT_APP_KEY and SOCKUDO_DEFAULT_APP_SECRET")]
    private static partial void LogDemo(ILogger logger, string app);

    [LoggerMessage(8, LogLevel.Information, "apps reloaded  apps={Apps}")]
    private static partial void LogReloaded(ILogger logger, int apps);

    [LoggerMessage(12, LogLevel.Information, "apps are looked up in the database again, on all nodes")]
    private static partial void LogLookedUpAgain(ILogger logger);

    [LoggerMessage(13, LogLevel.Information, "configured apps were stored in the database  apps={Apps}")]
    private static partial void LogSeeded(ILogger logger, int apps);

    [LoggerMessage(9, LogLevel.Error, "the changed configuration has a mistake, nothing is changed  error={Error}")]
    private static partial void LogNotReloaded(ILogger logger, string error);

    [LoggerMessage(15, LogLevel.Error, "the reload failed, not all of it is in force; send SIGHUP again or restart")]
    private static partial void LogReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "a changed key needs a restart  key={Key}")]
    private static partial void LogNeedsRestart(ILogger logger, string key);

    [LoggerMessage(11, LogLevel.Information, "plain HTTP is redirected to HTTPS  redirect={Redirect}")]
    private static partial void LogRedirect(ILogger logger, string redirect);

    [LoggerMessage(14, LogLevel.Information, "the dashboard is at  dashboard={Dashboard}")]
    private static partial void LogDashboard(ILogger logger, string dashboard);

    [LoggerMessage(7, LogLevel.Information, "stopped")]
    private static partial void LogStopped(ILogger logger);
}
