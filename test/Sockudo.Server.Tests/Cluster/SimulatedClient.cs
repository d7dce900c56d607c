using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Sessions;
using Xunit;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>One client in one channel, who believes what he is told: the roster, and everybody who comes and goes since.</summary>
internal sealed class SimulatedClient
{
    private readonly CapturedOutput _output = new();
    private readonly Connection _connection;
    private readonly SortedSet<string> _members = new(StringComparer.Ordinal);

    public SimulatedClient(SimulatedNode node, string channel, string? userId)
    {
        UserId = userId;
        _connection = new Connection(node.ConnectionSettings, new Pipe().Reader, _output, handshake: null);
        _connection.Session = new Session(node.App, node.App.App.Key, _connection, dispatcher: null!, now: 0, countsAgainstQuota: true);
        Subscription = node.Hub.TryJoin(
            new ChannelKey(node.App, channel), _connection, userId is null ? null : new PresenceMember(userId, isNumericId: false, info: null), afterwards: null)!;
    }

    public string? UserId { get; }

    public Subscription Subscription { get; }

    public string Channel => Subscription.Channel.Key.Name;

    /// <summary>How often he was told that somebody came or went.</summary>
    public int Changes { get; private set; }

    /// <summary>Who is there, by all that he has been told. Fails if he was told a contradiction.</summary>
    public IReadOnlyCollection<string> Members()
    {
        SpinWait.SpinUntil(() => _connection.PendingBytes == 0);
        foreach (var message in _output.Take())
            Read(message);
        return _members;
    }

    private void Read(JsonNode message)
    {
        var data = JsonNode.Parse((string)message["data"]!)!;
        switch ((string)message["event"]!)
        {
            case "pusher_internal:subscription_succeeded" when UserId is not null:
                _members.UnionWith(data["presence"]!["ids"]!.AsArray().Select(static id => (string)id!));
                break;
            case "pusher_internal:member_added":
                Changes++;
                Assert.True(_members.Add((string)data["user_id"]!), $"{data["user_id"]} was added to {Channel} twice");
                break;
            case "pusher_internal:member_removed":
                Changes++;
                Assert.True(_members.Remove((string)data["user_id"]!), $"{data["user_id"]} was removed from {Channel} without being there");
                break;
        }
    }
}
