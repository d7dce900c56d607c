using System.Security.Cryptography;
using Sockudo.Configuration;
using Sockudo.Server.Apps;

namespace Sockudo.Administration;

/// <summary>Looks at and changes the apps of a database, under the rules of the configuration.</summary>
/// <param name="database">Started.</param>
internal sealed class AppAdministration(IAppDatabase database)
{
    private const int KeyBytes = 10;
    private const int SecretBytes = 24;

    private readonly List<string> _warnings = [];

    /// <summary>What was odd in the fields that were given, though not wrong: a webhook with an unknown key, for example.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>All apps, ordered by id; what is wrong with a stored one is left out of it.</summary>
    public async Task<IReadOnlyList<App>> ListAsync(CancellationToken cancellationToken)
    {
        var records = await database.ListAsync(cancellationToken).ConfigureAwait(false);
        return [.. records.Select(static record => AppRecords.ReadUsable(record, new ConfigurationProblems())).OfType<App>()];
    }

    /// <summary>One app.</summary>
    /// <exception cref="AdministrationException">There is none, or it has no good id, key or secret.</exception>
    public async Task<App> FindAsync(string id, CancellationToken cancellationToken)
    {
        var problems = new ConfigurationProblems();
        return AppRecords.ReadUsable(await RecordAsync(id, cancellationToken).ConfigureAwait(false), problems) ?? throw new AdministrationException(problems.Errors);
    }

    /// <summary>Adds an app; a key and a secret that are not given are made.</summary>
    /// <exception cref="AdministrationException">A field is wrong, or id or key are taken.</exception>
    public async Task<App> CreateAsync(string id, AppRecord fields, CancellationToken cancellationToken)
    {
        var record = new AppRecord { ["id"] = id, ["key"] = Random(KeyBytes), ["secret"] = Random(SecretBytes) };
        Merge(record, fields);
        var app = Check(record, new ConfigurationProblems());
        await RefuseConflictsAsync(database.InsertAsync(AppRecords.Write(app), cancellationToken)).ConfigureAwait(false);
        return app;
    }

    /// <summary>Changes the fields that are given; null clears one.</summary>
    /// <exception cref="AdministrationException">There is no such app, a field is wrong, or the key is taken.</exception>
    public async Task<App> UpdateAsync(string id, AppRecord fields, CancellationToken cancellationToken)
    {
        var record = await RecordAsync(id, cancellationToken).ConfigureAwait(false);
        // What was wrong before does not keep anybody from disabling an app.
        var known = new ConfigurationProblems();
        AppRecords.ReadUsable(record, known);
        Merge(record, fields);
        var app = Check(record, known);
        // As they are stored, not as they were written.
        var written = AppRecords.Write(app);
        var changes = new AppRecord();
        foreach (var field in fields.Keys)
            changes[field] = fields[field] is null ? null : written.Find(field);
        if (!await RefuseConflictsAsync(database.UpdateAsync(id, changes, cancellationToken)).ConfigureAwait(false))
            throw NoApp(id);
        return app;
    }

    /// <summary>Removes an app.</summary>
    /// <exception cref="AdministrationException">There is none.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (!await database.DeleteAsync(id, cancellationToken).ConfigureAwait(false))
            throw NoApp(id);
    }

    /// <summary>Gives an app a new secret; the one before stays valid beside it until <see cref="FinishRotationAsync"/>.</summary>
    /// <param name="id">The app.</param>
    /// <param name="secret">The new secret; null = one is made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AdministrationException">There is no such app, or a rotation is not finished yet.</exception>
    public async Task<App> RotateSecretAsync(string id, string? secret, CancellationToken cancellationToken)
    {
        var app = await FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (app.PreviousSecret is not null)
            throw new AdministrationException($"app {id} still has the secret before; when nobody signs with it any more: sockudo apps rotate-secret {id} --finish");
        var changes = new AppRecord { ["secret"] = secret ?? Random(SecretBytes), ["previous_secret"] = app.Secret };
        return await UpdateAsync(id, changes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the validity of the secret before.</summary>
    /// <exception cref="AdministrationException">There is no such app.</exception>
    public Task<App> FinishRotationAsync(string id, CancellationToken cancellationToken) =>
        UpdateAsync(id, new AppRecord { ["previous_secret"] = null }, cancellationToken);

    private App Check(AppRecord record, ConfigurationProblems known)
    {
        var problems = new ConfigurationProblems();
        var app = AppRecords.ReadUsable(record, problems);
        var errors = problems.Errors.Except(known.Errors).ToList();
        _warnings.AddRange(problems.Warnings.Except(known.Warnings));
        return app is not null && errors.Count == 0 ? app : throw new AdministrationException(errors.Count > 0 ? errors : [.. problems.Errors]);
    }

    private static void Merge(AppRecord record, AppRecord fields)
    {
        foreach (var (field, value) in fields)
            record[field] = value is not null && AppSchema.Fields.Any(known => known.Name == field && known.Kind == AppFieldKind.Json) ? AppRecords.JsonOf(value) : value;
    }

    private async Task<AppRecord> RecordAsync(string id, CancellationToken cancellationToken) =>
        await database.FindByIdAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NoApp(id);

    private static async Task RefuseConflictsAsync(Task change)
    {
        try
        {
            await change.ConfigureAwait(false);
        }
        catch (AppConflictException conflict)
        {
            throw new AdministrationException(conflict.Message);
        }
    }

    private static async Task<bool> RefuseConflictsAsync(Task<bool> change)
    {
        await RefuseConflictsAsync((Task)change).ConfigureAwait(false);
        return await change.ConfigureAwait(false);
    }

    private static AdministrationException NoApp(string id) => new($"there is no app \"{id}\"; sockudo apps list shows all");

    private static string Random(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
