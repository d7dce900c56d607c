using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sockudo.Dashboard.Documents;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Http;
using Sockudo.Server.Inspection;
using Sockudo.Server.Webhooks;

namespace Sockudo.Dashboard;

/// <summary>What the admin API tells of webhooks, and does to those that were given up.</summary>
/// <param name="webhooks">Delivers them; null if there is no queue.</param>
/// <param name="apps">Know the targets.</param>
/// <param name="tail">Knows whose payloads may be shown.</param>
/// <param name="logger">Is told what was done.</param>
internal sealed partial class WebhookEndpoints(WebhookPipeline? webhooks, AppRegistry apps, EventTail tail, ILogger logger)
{
    private static readonly ApiResponse NothingKept = ApiResponse.Error(404, "queue.driver is none: there are no webhooks");

    private static readonly ApiResponse NoJob = ApiResponse.Error(404, "There is no such webhook among those that were given up (any more)");

    /// <summary>The queue, and what has become of the latest webhooks.</summary>
    public ApiResponse Describe()
    {
        var jobs = webhooks is null ? [] : webhooks.Metrics.Jobs.ToList();
        var totals = new DeliveryTotalsDocument(
            Finished("delivered"), Finished("dead"), Finished("dropped"),
            webhooks?.Metrics.Attempts.Where(static group => group.Outcome == "failure").Sum(static group => group.Count) ?? 0);
        var deliveries = webhooks is null ? [] : webhooks.Journal.Latest;
        return AdminApi.Json(
            new WebhooksDocument(QueueDocument.Of(webhooks), totals, [.. deliveries.Select(DeliveryDocument.Of)]), AdminJson.Default.WebhooksDocument);

        long Finished(string outcome) => jobs.Where(group => group.Outcome == outcome).Sum(static group => group.Count);
    }

    /// <summary>Those that were given up, the latest first.</summary>
    public async ValueTask<ApiResponse?> DeadLettersAsync(RequestQuery query, CancellationToken cancellationToken)
    {
        if (AdminApi.LimitOf(query, out var refusal) is not { } limit)
            return refusal;
        if (webhooks?.DeadLetters is not { } kept)
            return NothingKept;
        // One more, to know whether there is one.
        var letters = await kept.ListAsync(limit + 1, cancellationToken).ConfigureAwait(false);
        var shown = new List<DeadLetterDocument>(limit);
        foreach (var letter in letters.Reverse().Take(limit))
            shown.Add(Describe(letter, await FindHostAsync(letter.Job, cancellationToken).ConfigureAwait(false)));
        return AdminApi.Json(new DeadLetterListDocument(shown, letters.Count > limit), AdminJson.Default.DeadLetterListDocument);
    }

    /// <summary>Puts one of them, or all (null), back into the queue.</summary>
    public ValueTask<ApiResponse?> RetryAsync(HttpContext context, string? jobId) => ChangeAsync(context, jobId, "retry", static (kept, id, token) => kept.RetryAsync(id, token));

    /// <summary>Forgets one of them, or all (null).</summary>
    public ValueTask<ApiResponse?> DropAsync(HttpContext context, string? jobId) => ChangeAsync(context, jobId, "drop", static (kept, id, token) => kept.DropAsync(id, token));

    private async ValueTask<ApiResponse?> ChangeAsync(
        HttpContext context, string? jobId, string verb, Func<IDeadLetters, string?, CancellationToken, Task<int>> change)
    {
        if (webhooks?.DeadLetters is not { } kept)
            return NothingKept;
        // Not given up half-way because the browser has gone.
        var count = await change(kept, jobId, CancellationToken.None).ConfigureAwait(false);
        if (count == 0 && jobId is not null)
            return NoJob;
        LogChanged(logger, verb, count, DashboardAccess.AddressOf(context));
        return AdminApi.Json(new CountDocument(count), AdminJson.Default.CountDocument);
    }

    // Jobs do not say where to. Null if the app or its webhook is gone, or its store is away.
    private async ValueTask<string?> FindHostAsync(WebhookJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await apps.FindByIdAsync(job.AppId, cancellationToken).ConfigureAwait(false) is { } app
                ? WebhookIds.Of(app.App).FirstOrDefault(entry => entry.Id == job.Webhook).Webhook?.Host
                : null;
        }
        catch (AppStoreUnavailableException)
        {
            return null;
        }
    }

    private DeadLetterDocument Describe(DeadLetter letter, string? target)
    {
        var job = letter.Job;
        return new DeadLetterDocument(
            job.Id, job.AppId, target, DateTimeOffset.FromUnixTimeMilliseconds(job.CreatedMs), EventsIn(job.Body), letter.Attempts, letter.LastStatus, letter.Reason,
            tail.ShowsPayloadsOf(job.AppId) ? job.Body : null);
    }

    // Whatever a queue has kept, from whichever version.
    private static List<string> EventsIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("events"u8, out var events)
                ? [.. events.EnumerateArray().Select(static item => $"{item.GetProperty("name"u8).GetString()} {item.GetProperty("channel"u8).GetString()}")]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    [LoggerMessage(1, LogLevel.Information, "webhooks that were given up were changed by the dashboard  verb={Verb} jobs={Jobs} address={Address}")]
    private static partial void LogChanged(ILogger logger, string verb, int jobs, string address);
}
