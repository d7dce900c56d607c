using System.CommandLine;
using Sockudo.Administration;
using Sockudo.Configuration;
using Sockudo.Server.Apps;

namespace Sockudo.CommandLine;

/// <summary>The command <c>apps</c> and its verbs.</summary>
internal static class AppsCommand
{
    private static readonly (AppsVerb Verb, string Name, string Description)[] Verbs =
    [
        (AppsVerb.List, "list", "List all apps"),
        (AppsVerb.Show, "show", "Show an app"),
        (AppsVerb.Create, "create", "Add an app; key and secret are made if they are not given"),
        (AppsVerb.Update, "update", "Change fields of an app"),
        (AppsVerb.Enable, "enable", "Let clients connect again"),
        (AppsVerb.Disable, "disable", "Send all clients away (4003) and refuse new ones"),
        (AppsVerb.Delete, "delete", "Remove an app and send its clients away (4001)"),
        (AppsVerb.RotateSecret, "rotate-secret", "Give an app a new secret; the old one stays valid until --finish"),
    ];

    /// <summary>The command.</summary>
    /// <param name="run">Is called with what was asked for; the exit code.</param>
    public static Command Create(Func<ParseResult, AppsRequest, int> run)
    {
        var command = new Command("apps", "Look at and change the apps in the configured database");
        foreach (var (verb, name, description) in Verbs)
            command.Subcommands.Add(CreateVerb(verb, name, description, run));
        return command;
    }

    private static Command CreateVerb(AppsVerb verb, string name, string description, Func<ParseResult, AppsRequest, int> run)
    {
        var command = new Command(name, description);
        var id = new Argument<string>("id") { Description = "Id of the app" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var secrets = new Option<bool>("--secrets") { Description = "Print secrets" };
        var finish = new Option<bool>("--finish") { Description = "End the validity of the old secret" };
        var clear = new Option<string[]>("--clear") { Description = "Make a field absent, repeatable", HelpName = "field" };
        if (verb != AppsVerb.List)
            command.Arguments.Add(id);
        command.Options.Add(json);
        command.Options.Add(secrets);
        var fields = FieldsOf(verb).Select(static field => (field, Option: new Option<string>("--" + field.Replace('_', '-')) { HelpName = "value" })).ToList();
        foreach (var (_, option) in fields)
            command.Options.Add(option);
        if (verb == AppsVerb.Update)
            command.Options.Add(clear);
        if (verb == AppsVerb.RotateSecret)
            command.Options.Add(finish);
        command.SetAction(result =>
        {
            var given = new AppRecord();
            foreach (var field in verb == AppsVerb.Update ? result.GetValue(clear) ?? [] : [])
                given[field.Replace('-', '_')] = null;
            foreach (var (field, option) in fields)
            {
                if (result.GetValue(option) is { } value)
                    given[field] = value;
            }

            var unknown = given.Keys.FirstOrDefault(static field => AppSchema.Fields.All(known => known.Name != field) || AppSchema.Required.Contains(field));
            if (unknown is not null && given[unknown] is null)
            {
                Console.Error.WriteLine($"error: --clear {unknown}: there is no such field, or no app without it");
                return ExitCodes.Configuration;
            }

            if (verb == AppsVerb.Update && given.Count == 0)
            {
                Console.Error.WriteLine("error: there is nothing to change; give fields such as --max-connections 1000 or --clear max_connections");
                return ExitCodes.Configuration;
            }

            return run(result, new AppsRequest(
                verb, verb == AppsVerb.List ? "" : result.GetValue(id)!, given, result.GetValue(json), result.GetValue(secrets),
                verb == AppsVerb.RotateSecret && result.GetValue(finish)));
        });
        return command;
    }

    private static IEnumerable<string> FieldsOf(AppsVerb verb) => verb switch
    {
        AppsVerb.Create or AppsVerb.Update => AppFields.All.Select(static field => field.Name).Where(static field => field != "id"),
        AppsVerb.RotateSecret => ["secret"],
        _ => [],
    };
}
