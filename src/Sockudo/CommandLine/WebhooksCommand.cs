using System.CommandLine;
using Sockudo.Administration;

namespace Sockudo.CommandLine;

/// <summary>The command <c>webhooks</c> and its verbs.</summary>
internal static class WebhooksCommand
{
    /// <summary>The command.</summary>
    /// <param name="run">Is called with what was asked for; the exit code.</param>
    public static Command Create(Func<ParseResult, WebhooksRequest, int> run)
    {
        var command = new Command("webhooks", "Look at webhooks that were given up, and send or forget them");
        command.Subcommands.Add(CreateVerb(WebhooksVerb.List, "list", "List the webhooks that were given up", run));
        command.Subcommands.Add(CreateVerb(WebhooksVerb.Retry, "retry", "Put webhooks back into the queue", run));
        command.Subcommands.Add(CreateVerb(WebhooksVerb.Drop, "drop", "Forget webhooks", run));
        return command;
    }

    private static Command CreateVerb(WebhooksVerb verb, string name, string description, Func<ParseResult, WebhooksRequest, int> run)
    {
        var command = new Command(name, description);
        var id = new Argument<string?>("id") { Description = "Id of the job", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All of them" };
        var json = new Option<bool>("--json") { Description = "Print JSON, with the bodies" };
        if (verb == WebhooksVerb.List)
        {
            command.Options.Add(json);
        }
        else
        {
            command.Arguments.Add(id);
            command.Options.Add(all);
        }

        command.SetAction(result =>
        {
            if (verb == WebhooksVerb.List)
                return run(result, new WebhooksRequest(verb, null, result.GetValue(json)));
            if (result.GetValue(id) is null != result.GetValue(all))
            {
                Console.Error.WriteLine("error: give the id of a job, or --all");
                return ExitCodes.Configuration;
            }

            return run(result, new WebhooksRequest(verb, result.GetValue(id), IsJson: false));
        });
        return command;
    }
}
