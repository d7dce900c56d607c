using System.Globalization;
using Sockudo.Chaos.Checks;
using Sockudo.Chaos.Clients;
using Sockudo.Chaos.Faults;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos;

/// <summary>One run: groups of faults while clients come, go and talk; after each group everything heals, nobody moves, and the truth is asked for.</summary>
internal sealed class ChaosRun(ChaosOptions options)
{
    private static readonly TimeSpan LatestStart = TimeSpan.FromSeconds(2);

    private readonly Timeline _timeline = new();

    /// <summary>Runs; what was found.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken stop)
    {
        var findings = new Findings(_timeline);
        await using var webhooks = new WebhookLedger(findings, _timeline);
        _timeline.Say(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {options.Broker}, {options.Clients} clients, {options.Duration.TotalSeconds:0} s"));
        await using var cluster = await ChaosCluster.StartAsync(options.Broker, webhooks.Url);
        var random = new Random(options.Seed);
        await using var crowd = new Crowd(options.Clients, cluster.Nodes, findings, random.Next());
        List<Publisher> publishers = [.. Channels(crowd, static plan => plan.News).Select(channel => new Publisher(channel, cluster.Nodes, random.Next()))];
        List<Speaker> speakers = [.. Channels(crowd, static plan => plan.Talk).Select(channel => new Speaker(channel, crowd))];
        var checker = new Checker(cluster, crowd, publishers, speakers, webhooks, findings, _timeline);
        var leaks = new Leaks(cluster, checker, _timeline);

        await crowd.ArriveAsync();
        await checker.CheckAsync(mayLose: false);
        await leaks.BeginAsync();
        var deck = new Deck(Possible(cluster), random);
        for (var group = 0; group != options.Groups && _timeline.Elapsed < options.Duration && !stop.IsCancellationRequested; group++)
        {
            var scene = new Scene(cluster, webhooks, checker, findings, _timeline, random);
            var faults = deck.Draw(scene, 1 + random.Next(options.FaultsAtOnce));
            using var quiet = new CancellationTokenSource();
            Task[] life = [crowd.BeRestlessAsync(quiet.Token), .. publishers.Select(one => one.PublishAsync(quiet.Token)), .. speakers.Select(one => one.SpeakAsync(quiet.Token))];
            await Task.WhenAll(faults.Select(fault => (Wait: random.NextDouble() * LatestStart, fault.Run)).ToList().Select(static async fault =>
            {
                await Task.Delay(fault.Wait);
                await fault.Run();
            }));
            await quiet.CancelAsync();
            await Task.WhenAll(life);
            await checker.CheckAsync(faults.Any(static fault => fault.Fault.MayLoseEvents));
        }

        await leaks.CheckAsync();
        SaySummary(checker.Losses, webhooks, findings.All);
        if (options.Report is { } report)
            await Report.WriteAsync(report, options, _timeline, findings.All);
        return findings.All;
    }

    private static IEnumerable<string> Channels(Crowd crowd, Func<ClientPlan, string?> of) => crowd.Clients.Select(client => of(client.Plan)).OfType<string>().Distinct();

    private List<IFault> Possible(ChaosCluster cluster)
    {
        var possible = new List<IFault>();
        foreach (var fault in Deck.All.Where(fault => options.Only.Count == 0 || options.Only.Contains(fault.Name)))
        {
            if (fault.ObstacleTo(cluster) is { } obstacle)
                _timeline.Say($"SKIPPED {fault.Name}: {obstacle}");
            else
                possible.Add(fault);
        }

        return possible;
    }

    private void SaySummary(LossTally losses, WebhookLedger webhooks, IReadOnlyList<Finding> findings)
    {
        _timeline.Say(string.Create(CultureInfo.InvariantCulture,
            $"published under faults: {losses.Acknowledged} acknowledged, {losses.Refused} refused, {losses.Unknown} without an answer; of {losses.Due} deliveries {losses.Lost} were lost"));
        _timeline.Say(string.Create(CultureInfo.InvariantCulture, $"webhooks: {webhooks.Events} events; {webhooks.RepeatedRequests} requests came again"));
        _timeline.Say(findings.Count == 0 ? "everything was as promised" : string.Create(CultureInfo.InvariantCulture, $"{findings.Count} findings"));
    }
}
