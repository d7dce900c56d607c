using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.CommandLine;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Sockudo.Server.Options;

namespace Sockudo.Administration;

/// <summary><c>sockudo apps</c>: looks at and changes the apps in the configured database, and tells the nodes of the cluster.</summary>
internal static class AppsProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Does what is asked for; the exit code.</summary>
    public static async Task<int> RunAsync(AppsRequest request, SockudoOptions options, TextWriter output, TextWriter errors)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var database = AppDatabases.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
            if (database is null)
            {
                ShowConfigured(request, options, output);
                return ExitCodes.Ok;
            }

            await using (database.ConfigureAwait(false))
            {
                await database.StartAsync(patience.Token).ConfigureAwait(false);
                var apps = new AppAdministration(database);
                await RunAsync(request, apps, output, patience.Token).ConfigureAwait(false);
                foreach (var warning in apps.Warnings)
                    await errors.WriteLineAsync($"warning: {warning}").ConfigureAwait(false);
            }

            if (request.Verb is not (AppsVerb.List or AppsVerb.Show))
                await AnnounceAsync(request, options, output, patience.Token).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
        catch (AdministrationException exception)
        {
            foreach (var message in exception.Messages)
                await errors.WriteLineAsync($"error: {message}").ConfigureAwait(false);
        }
        catch (BackendException exception)
        {
            await errors.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync($"error: given up after {Patience.TotalSeconds} s").ConfigureAwait(false);
        }

        return ExitCodes.Failure;
    }

    private static async Task RunAsync(AppsRequest request, AppAdministration apps, TextWriter output, CancellationToken cancellationToken)
    {
        var id = request.Id;
        var printer = new AppsPrinter(output, request.IsJson);
        switch (request.Verb)
        {
            case AppsVerb.List:
                printer.PrintAll(await apps.ListAsync(cancellationToken).ConfigureAwait(false), request.ShowSecrets);
                break;
            case AppsVerb.Show:
                printer.Print(await apps.FindAsync(id, cancellationToken).ConfigureAwait(false), request.ShowSecrets);
                break;
            case AppsVerb.Create:
                // A secret that was made is shown once; there is no other way to learn it than to ask for it.
                printer.Print(await apps.CreateAsync(id, request.Fields, cancellationToken).ConfigureAwait(false), request.ShowSecrets || request.Fields.Find("secret") is null);
                break;
            case AppsVerb.Update:
                printer.Print(await apps.UpdateAsync(id, request.Fields, cancellationToken).ConfigureAwait(false), request.ShowSecrets);
                break;
            case AppsVerb.Enable or AppsVerb.Disable:
                var isEnabled = request.Verb == AppsVerb.Enable;
                var changed = await apps.UpdateAsync(id, new AppRecord { ["enabled"] = isEnabled ? "1" : "0" }, cancellationToken).ConfigureAwait(false);
                Report(printer, request, changed, $"App {id} is {(isEnabled ? "enabled" : "disabled")}.");
                break;
            case AppsVerb.Delete:
                await apps.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
                printer.Say($"App {id} is deleted.");
                break;
            case AppsVerb.RotateSecret when request.IsFinish:
                var finished = await apps.FinishRotationAsync(id, cancellationToken).ConfigureAwait(false);
                Report(printer, request, finished, $"App {id} has one secret again.");
                break;
            default:
                var rotated = await apps.RotateSecretAsync(id, request.Fields.Find("secret"), cancellationToken).ConfigureAwait(false);
                Report(printer, request with { ShowSecrets = true }, rotated,
                    $"The new secret of app {id} is {rotated.Secret}\nThe old one is valid too until: sockudo apps rotate-secret {id} --finish");
                break;
        }
    }

    private static void Report(AppsPrinter printer, AppsRequest request, App app, string text)
    {
        printer.Say(text);
        if (request.IsJson)
            printer.Print(app, request.ShowSecrets);
    }

    private static void ShowConfigured(AppsRequest request, SockudoOptions options, TextWriter output)
    {
        var apps = options.AppManager.Array.Apps;
        var printer = new AppsPrinter(output, request.IsJson);
        if (request.Verb == AppsVerb.List)
        {
            printer.PrintAll(apps, request.ShowSecrets);
            return;
        }

        if (request.Verb != AppsVerb.Show)
        {
            throw new AdministrationException(
                "app_manager.driver is memory: the apps stand in the configuration; change them there and send SIGHUP to the server, or choose sqlite, mysql, pgsql or dynamodb");
        }

        printer.Print(
            apps.FirstOrDefault(app => app.Id == request.Id) ?? throw new AdministrationException($"there is no app \"{request.Id}\" in the configuration"), request.ShowSecrets);
    }

    // Databases that can tell the nodes of a change do so by themselves; the bus reaches all nodes whatever the database.
    private static async Task AnnounceAsync(AppsRequest request, SockudoOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        if (options.AppManager.Driver is AppManagerDriver.Sqlite or AppManagerDriver.PostgreSql)
            return;
        var printer = new AppsPrinter(output, request.IsJson);
        var bus = Composition.CreateBus(options, "sockudo-apps", TimeProvider.System, NullLoggerFactory.Instance);
        if (bus is null)
        {
            printer.Say($"A running server sees it after {AppDatabases.CacheOf(options).TimeToLive.TotalSeconds} s at the latest; at once if you send it SIGHUP.");
            return;
        }

        await using (bus.ConfigureAwait(false))
        {
            try
            {
                await bus.StartAsync(static (_, _) => { }, cancellationToken).ConfigureAwait(false);
                await bus.PublishAsync(Topics.Directory, Wire.AppsChanged(NodeId.Create("sockudo-apps"), request.Id), cancellationToken).ConfigureAwait(false);
            }
            catch (BackendException exception)
            {
                printer.Say($"It is stored, but the nodes could not be told, and see it after {AppDatabases.CacheOf(options).TimeToLive.TotalSeconds} s at the latest: {exception.Message}");
            }
        }
    }
}
