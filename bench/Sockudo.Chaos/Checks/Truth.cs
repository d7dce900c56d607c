using Sockudo.Chaos.Clients;

namespace Sockudo.Chaos.Checks;

/// <summary>Who is where, as those know who decide it: the clients.</summary>
/// <param name="Subscriptions">Connections in each occupied channel.</param>
/// <param name="Users">Users in each occupied presence channel.</param>
internal sealed record Truth(IReadOnlyDictionary<string, int> Subscriptions, IReadOnlyDictionary<string, HashSet<string>> Users)
{
    /// <summary>What a crowd wants.</summary>
    public static Truth Of(Crowd crowd)
    {
        var subscriptions = new Dictionary<string, int>();
        var users = new Dictionary<string, HashSet<string>>();
        foreach (var plan in crowd.Wanted.Select(static client => client.Plan))
        {
            foreach (var channel in plan.Channels)
            {
                subscriptions[channel] = subscriptions.GetValueOrDefault(channel) + 1;
                if (!channel.StartsWith("presence-", StringComparison.Ordinal))
                    continue;
                if (!users.TryGetValue(channel, out var there))
                    users[channel] = there = [];
                there.Add(plan.User);
            }
        }

        return new Truth(subscriptions, users);
    }

    /// <summary>What webhooks should have told: occupied channels, and users in them.</summary>
    public HashSet<string> Subjects() =>
        [.. Subscriptions.Keys.Select(WebhookLedger.Subject), .. Users.SelectMany(static pair => pair.Value.Select(user => WebhookLedger.Subject(pair.Key, user)))];
}
