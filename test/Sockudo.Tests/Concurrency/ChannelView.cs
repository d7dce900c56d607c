using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sockudo.Tests.Concurrency;

/// <summary>
/// What one client knows of one channel from its messages alone. Every message that contradicts what came before is an
/// error: a member added twice, a number left out, an event before the success. Used by the client's reader only.
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="mayMiss">Numbers may be left out; they must rise all the same.</param>
internal sealed class ChannelView(string channel, bool mayMiss = false)
{
    private readonly bool _isPresence = channel.StartsWith("presence-", StringComparison.Ordinal);
    private readonly bool _isCache = channel.Contains("cache-", StringComparison.Ordinal);

    // Number of the last event of each publisher since the success.
    private readonly Dictionary<string, int> _numbers = [];
    private bool _isJoined;
    private bool _isReplayDue;

    /// <summary>Ids of the users as of the roster and the events since.</summary>
    public HashSet<string> Users { get; } = [];

    /// <summary>Members that have come since the success, each time that one did.</summary>
    public int Added { get; private set; }

    /// <summary>Members that have gone since the success.</summary>
    public int Removed { get; private set; }

    /// <summary>Number of the last event of a publisher, null if none was heard.</summary>
    public int? LastOf(string publisher) => _numbers.TryGetValue(publisher, out var number) ? number : null;

    /// <summary>Takes the next message of the channel.</summary>
    /// <exception cref="InvalidOperationException">It cannot be right.</exception>
    public void Take(string name, string data)
    {
        if (name == "pusher_internal:subscription_succeeded")
        {
            Start(data);
            return;
        }

        Require(_isJoined, "an event before the success");
        switch (name)
        {
            case "pusher_internal:member_added":
                Require(Users.Add(UserOf(data)), "a member that was there already");
                Added++;
                break;
            case "pusher_internal:member_removed":
                Require(Users.Remove(UserOf(data)), "a member that was not there");
                Removed++;
                break;
            case "pusher:cache_miss":
                Require(_isReplayDue, "a cache miss that is not the first message");
                break;
            default:
                TakeNumber(data);
                break;
        }

        Require(!_isReplayDue || !name.StartsWith("pusher_internal:", StringComparison.Ordinal), "a member event before the cached one");
        _isReplayDue = false;
    }

    // A subscription begins anew: nothing that was known before counts.
    private void Start(string data)
    {
        _isJoined = true;
        _isReplayDue = _isCache;
        _numbers.Clear();
        Users.Clear();
        if (!_isPresence)
            return;
        var presence = JsonNode.Parse(data)!["presence"]!;
        foreach (var id in presence["ids"]!.AsArray())
            Require(Users.Add((string)id!), "an id twice in the roster");
        Require((int)presence["count"]! == Users.Count, "a count that is not the number of ids");
        Require(presence["hash"]!.AsObject().Count == Users.Count, "a hash that is not as large as the ids");
    }

    // Data is "publisher number". Whatever else the publisher has published here since must have been heard before.
    private void TakeNumber(string data)
    {
        var space = data.IndexOf(' ', StringComparison.Ordinal);
        var publisher = data[..space];
        var number = int.Parse(data.AsSpan(space + 1), System.Globalization.CultureInfo.InvariantCulture);
        Require(!_isReplayDue || publisher.StartsWith("http", StringComparison.Ordinal), "a live event before the cached one");
        if (_numbers.TryGetValue(publisher, out var last))
            Require(mayMiss ? number > last : number == last + 1, $"number {number} of {publisher} after {last}");
        _numbers[publisher] = number;
    }

    private static string UserOf(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement.GetProperty("user_id").GetString()!;
    }

    private void Require(bool condition, string contradiction)
    {
        if (!condition)
            throw new InvalidOperationException($"{channel}: {contradiction}");
    }
}
