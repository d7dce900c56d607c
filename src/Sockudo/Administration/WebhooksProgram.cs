using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Logging;
using Sockudo.Redis;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Sql;

namespace Sockudo.Administration;

/// <summary><c>sockudo webhooks</c>: looks at webhooks that were given up, in the configured queue, beside a server that may be running.</summary>
internal static class WebhooksProgram
{
    private const int MaxListed = 10_000;

    /// <summary>Does what is asked for; the exit code.</summary>
    public static async Task<int> RunAsync(WebhooksRequest request, SockudoOptions options, TextWriter output, TextWriter errors)
    {
        try
        {
            var letters = await OpenAsync(options).ConfigureAwait(false);
            await using (letters.ConfigureAwait(false))
                await RunAsync(request, letters, output).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is AdministrationException or BackendException)
        {
            await errors.WriteLineAsync($"error: {OneLine.Of(exception.Message)}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    private static async Task<IDeadLetters> OpenAsync(SockudoOptions options)
    {
        var driver = Choices.NameOf(options.Queue.Driver);
        switch (options.Queue.Driver)
        {
            case QueueDriver.Sqlite:
                var file = new SqliteWebhookQueue(options.Database.Sqlite.Path, options.Queue, TimeProvider.System, NullLogger.Instance);
                file.Open();
                return file;
            case QueueDriver.Redis or QueueDriver.RedisCluster:
                var redis = RedisWebhookQueue.Create(options.Queue, options.Database.Redis, driver, "sockudo-webhooks", TimeProvider.System, NullLoggerFactory.Instance);
                await redis.OpenAsync(CancellationToken.None).ConfigureAwait(false);
                return redis;
            case QueueDriver.Sqs:
                var sqs = new SqsWebhookQueue(options.Queue.Sqs, TimeProvider.System, NullLogger.Instance);
                await sqs.OpenAsync(CancellationToken.None).ConfigureAwait(false);
                return sqs;
            default:
                throw new AdministrationException(
                    $"queue.driver is {driver}: webhooks that are given up are kept by the server itself, if at all; choose sqlite, redis, redis-cluster or sqs to keep them");
        }
    }

    private static async Task RunAsync(WebhooksRequest request, IDeadLetters letters, TextWriter output)
    {
        if (request.Verb == WebhooksVerb.List)
        {
            Print(await letters.ListAsync(MaxListed, CancellationToken.None).ConfigureAwait(false), request.IsJson, output);
            return;
        }

        var count = request.Verb == WebhooksVerb.Retry
            ? await letters.RetryAsync(request.JobId, CancellationToken.None).ConfigureAwait(false)
            : await letters.DropAsync(request.JobId, CancellationToken.None).ConfigureAwait(false);
        if (count == 0 && request.JobId is { } id)
            throw new AdministrationException($"there is no webhook \"{id}\" that was given up; sockudo webhooks list shows all");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {(request.Verb == WebhooksVerb.Retry ? "put back into the queue" : "forgotten")}."));
    }

    private static void Print(IReadOnlyList<DeadLetter> letters, bool isJson, TextWriter output)
    {
        if (isJson)
        {
            output.WriteLine(Json(letters));
            return;
        }

        if (letters.Count == 0)
        {
            output.WriteLine("No webhook was given up.");
            return;
        }

        foreach (var letter in letters)
        {
            var created = DateTimeOffset.FromUnixTimeMilliseconds(letter.Job.CreatedMs).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            // A reason may hold what the receiver has said.
            output.WriteLine(OneLine.Of(string.Create(
                CultureInfo.InvariantCulture, $"{letter.Job.Id}  {created}  app {letter.Job.AppId}  {letter.Attempts} attempts, last status {letter.LastStatus?.ToString(CultureInfo.InvariantCulture) ?? "none"}: {letter.Reason}")));
        }
    }

    private static string Json(IReadOnlyList<DeadLetter> letters) => JsonOutput.Write(
        writer =>
        {
            writer.WriteStartArray();
            foreach (var letter in letters)
            {
                writer.WriteStartObject();
                writer.WriteString("id", letter.Job.Id);
                writer.WriteString("app_id", letter.Job.AppId);
                writer.WriteString("webhook", letter.Job.Webhook);
                writer.WriteNumber("created_ms", letter.Job.CreatedMs);
                writer.WriteNumber("attempts", letter.Attempts);
                if (letter.LastStatus is { } status)
                    writer.WriteNumber("last_status", status);
                writer.WriteString("reason", letter.Reason);
                writer.WritePropertyName("body");
                // Clients have written parts of it; these are the commands to a terminal that strings may hold.
                writer.WriteRawValue(Regex.Replace(letter.Job.Body, "[\u007f-\u009f]", static command => $"\\u{(int)command.Value[0]:x4}"));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        },
        isIndented: true);
}
