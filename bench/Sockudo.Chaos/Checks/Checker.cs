using System.Globalization;
using Sockudo.Chaos.Clients;
using Sockudo.Chaos.Nodes;

namespace Sockudo.Chaos.Checks;

/// <summary>Knows the truth, and asks everybody for it once all faults have healed and nobody comes or goes.</summary>
internal sealed class Checker(
    ChaosCluster cluster, Crowd crowd, IReadOnlyList<Publisher> publishers, IReadOnlyList<Speaker> speakers, WebhookLedger webhooks, Findings findings, Timeline timeline)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WebhookPatience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Events that were acknowledged, and those who should have heard one of them and have not, over the whole run.</summary>
    public LossTally Losses { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Checks everything.</summary>
    /// <param name="mayLose">What has happened since the last time may have cost events.</param>
    public async Task CheckAsync(bool mayLose)
    {
        var before = timeline.Elapsed;
        await ExpectAsync("health", Patience, UnhealthyNodeAsync);
        await ExpectAsync("clients", Patience, () => Task.FromResult(MissingClient()));
        var truth = Truth.Of(crowd);
        foreach (var node in cluster.Nodes)
            await ExpectAsync("presence and counts", Patience, () => WrongAnswerAsync(node, truth));
        await ExpectAsync("rosters of clients", Patience, () => Task.FromResult(WrongRoster(truth)));
        var healed = timeline.Elapsed - before;
        CountLosses(mayLose);
        await ExpectEverybodyHearsAsync();
        before = timeline.Elapsed;
        await ExpectAsync("webhooks", WebhookPatience, () => Task.FromResult(WrongBelief(truth)));
        webhooks.Correct(truth.Subjects());
        timeline.Say(string.Create(CultureInfo.InvariantCulture,
            $"checked: {crowd.Wanted.Count()} clients, {truth.Subscriptions.Count} channels; true after {healed.TotalSeconds:0.0} s, webhooks after {(timeline.Elapsed - before).TotalSeconds:0.0} s more"));
    }

    /// <summary>Waits until nothing is wrong any more; what still is in the end, is found.</summary>
    /// <param name="check">What is looked at.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="look">What was expected and seen; null if all is well.</param>
    public async Task ExpectAsync(string check, TimeSpan patience, Func<Task<(string Expected, string Seen)?>> look)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await look() is { } wrong)
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience)
            {
                findings.Add(check, wrong.Expected, string.Create(CultureInfo.InvariantCulture, $"{wrong.Seen} (after {patience.TotalSeconds:0} s)"));
                return;
            }

            await Task.Delay(Pause);
        }
    }

    private async Task<(string, string)?> UnhealthyNodeAsync()
    {
        foreach (var node in cluster.Nodes)
        {
            if (await node.Api.StatusAsync("/up") is var status and not 200)
                return ($"{node.Name} answers /up with 200", status.ToString(CultureInfo.InvariantCulture));
        }

        return null;
    }

    private (string, string)? MissingClient()
    {
        var missing = crowd.Wanted.Where(static client => !client.IsJoined).ToList();
        return missing.Count == 0 ? null : ($"{crowd.Wanted.Count()} clients in all their channels", $"{missing.Count} are not, {missing[0].Plan.User} among them");
    }

    private static async Task<(string, string)?> WrongAnswerAsync(ChaosNode node, Truth truth)
    {
        if (await node.Api.GetAsync("/channels", ("info", "subscription_count")) is not { } all)
            return ($"{node.Name} answers", "it does not");
        var seen = all["channels"]!.AsObject().ToDictionary(static pair => pair.Key, static pair => (int)pair.Value!["subscription_count"]!);
        foreach (var channel in truth.Subscriptions.Keys.Union(seen.Keys))
        {
            var (expected, said) = (truth.Subscriptions.GetValueOrDefault(channel), seen.GetValueOrDefault(channel));
            if (expected != said)
                return ($"{node.Name}: {expected} subscriptions of {channel}", said.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (channel, expected) in truth.Users)
        {
            var answer = await node.Api.GetAsync($"/channels/{channel}/users");
            var users = answer?["users"]!.AsArray().Select(static user => (string)user!["id"]!).ToHashSet();
            if (users is null || !users.SetEquals(expected))
                return ($"{node.Name}: {expected.Count} users in {channel}", users is null ? "no answer" : Difference(expected, users));
        }

        return null;
    }

    private (string, string)? WrongRoster(Truth truth)
    {
        foreach (var client in crowd.Wanted)
        {
            var (room, connection) = (client.Plan.Room, client.Connection);
            if (connection?.UsersOf(room) is not { } users || !truth.Users[room].SetEquals(users))
                return ($"{client.Plan.User} at {connection?.Node.Name} knows {truth.Users[room].Count} users of {room}", connection is null ? "not connected" : Difference(truth.Users[room], connection.UsersOf(room)));
        }

        return null;
    }

    private (string, string)? WrongBelief(Truth truth)
    {
        var (expected, believed) = (truth.Subjects(), webhooks.Believed());
        expected.SymmetricExceptWith(believed);
        return expected.Count == 0 ? null : ("what was told is so", string.Join(", ", expected.Order(StringComparer.Ordinal).Take(5).Select(subject =>
            $"{subject} is {(believed.Contains(subject) ? "away" : "there")}, last told {webhooks.LastOf(subject)}")) + $"; {expected.Count} in all");
    }

    // At most once is all that is promised while the broker or a node is away; nothing excuses a loss otherwise.
    private void CountLosses(bool mayLose)
    {
        foreach (var published in publishers.SelectMany(static publisher => publisher.Take()))
        {
            var listeners = crowd.JoinedBefore(published.Channel, published.StartedAt).ToList();
            var heard = listeners.Count(connection => connection.HasHeard(published.Data));
            Losses = Losses.With(published.Outcome, listeners.Count, heard);
            if (published.Outcome == PublishOutcome.Refused && heard > 0)
                findings.Add("refused events", $"nobody hears {published.Data}", $"{heard} have");
            if (published.Outcome == PublishOutcome.Acknowledged && heard < listeners.Count && !mayLose)
                findings.Add("events", $"{listeners.Count} subscribers of {published.Channel} hear {published.Data}", $"{heard} have");
        }
    }

    // Nothing is wrong now, so each event through each node must reach everybody.
    private async Task ExpectEverybodyHearsAsync()
    {
        foreach (var connection in crowd.Clients.Select(static client => client.Connection).OfType<ChaosConnection>())
            connection.Forget();
        foreach (var node in cluster.Nodes)
        {
            foreach (var publisher in publishers)
                await publisher.PublishAsync(node);
        }

        var events = publishers.SelectMany(static publisher => publisher.Take()).Select(static published => (Published: published, Speaker: (ChaosConnection?)null)).ToList();
        foreach (var speaker in speakers)
        {
            if (await speaker.SayAsync() is var (connection, said))
                events.Add((said, connection));
        }

        foreach (var (published, _) in events.Where(static one => one.Speaker is null && one.Published.Outcome != PublishOutcome.Acknowledged))
            findings.Add("quiet events", $"{published.Data} is answered with 200", published.Outcome.ToString());
        await ExpectAsync("quiet events", Patience, () => Task.FromResult(events.Select(one => NotHeard(one.Published, one.Speaker)).FirstOrDefault(static wrong => wrong is not null)));
        foreach (var connection in crowd.Clients.Select(static client => client.Connection).OfType<ChaosConnection>())
            connection.Forget();
    }

    private (string, string)? NotHeard(Publication published, ChaosConnection? speaker)
    {
        var listeners = crowd.JoinedBefore(published.Channel, published.StartedAt).Where(connection => connection != speaker).ToList();
        var deaf = listeners.Where(connection => !connection.HasHeard(published.Data)).ToList();
        return deaf.Count == 0 ? null : ($"all {listeners.Count} subscribers of {published.Channel} hear {published.Data}", $"{deaf.Count} do not, one of them at {deaf[0].Node.Name}");
    }

    private static string Difference(HashSet<string> expected, IReadOnlySet<string> seen)
    {
        var (missing, extra) = (expected.Except(seen).Order(StringComparer.Ordinal).ToList(), seen.Except(expected).Order(StringComparer.Ordinal).ToList());
        return string.Create(CultureInfo.InvariantCulture, $"{missing.Count} missing ({string.Join(", ", missing.Take(3))}), {extra.Count} too many ({string.Join(", ", extra.Take(3))})");
    }
}
