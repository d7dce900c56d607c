using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Tests.Specification;
using Xunit;

namespace Sockudo.Tests.Concurrency;

/// <summary>
/// Thousands of connections that join, leave and publish on the same channels at random. Afterwards the counts, the rosters
/// and every client's own view must add up, and every message must have been seen once and in order.
/// </summary>
public sealed class CrowdTests(MainServer fixture)
{
    private const int Clients = 2000;
    private const int Actions = 12;

    private readonly ServerUnderTest _server = fixture.Server;
    private readonly string _run = ServerUnderTest.Unique("crowd-");

    private string[] Channels => [$"{_run}", $"private-{_run}", $"presence-{_run}", $"cache-{_run}", $"presence-cache-{_run}"];

    [Theory]
    [InlineData(20_260_101)]
    public async Task Counts_rosters_and_views_add_up(int seed)
    {
        var members = new List<Participant>();
        foreach (var batch in Enumerable.Range(0, Clients).Chunk(100))
            members.AddRange(await Task.WhenAll(batch.Select(index => Participant.ConnectAsync(_server, index, new Random(seed + index), Channels))));

        // Publishers number their messages per channel: each subscriber must see every number after its join, in order.
        using var publishing = new CancellationTokenSource();
        var publishers = Channels.Select(channel => PublishAsync(channel, publishing.Token)).ToList();
        await Task.WhenAll(members.Select(static member => member.ActAsync(Actions)));
        await publishing.CancelAsync();
        var published = (await Task.WhenAll(publishers)).ToDictionary();
        await Task.WhenAll(members.Select(static member => member.SettleAsync()));

        // One more for everybody who joined after the last one.
        var http = new PusherHttp(_server, TestApp.Chatty);
        foreach (var channel in Channels)
            await http.PublishAsync(channel, "n", (published[channel] + 1).ToString(CultureInfo.InvariantCulture));
        await Task.WhenAll(members.Select(static member => member.SettleAsync()));
        foreach (var channel in Channels)
            await CheckAsync(channel, members, published[channel] + 1);
        foreach (var member in members)
            await member.DisposeAsync();
    }

    private async Task<KeyValuePair<string, int>> PublishAsync(string channel, CancellationToken stopping)
    {
        var http = new PusherHttp(_server, TestApp.Chatty);
        var number = 0;
        while (!stopping.IsCancellationRequested)
            await http.PublishAsync(channel, "n", (++number).ToString(CultureInfo.InvariantCulture));
        return new(channel, number);
    }

    private async Task CheckAsync(string channel, List<Participant> members, int published)
    {
        var subscribed = members.Where(member => member.IsIn(channel)).ToList();
        var users = subscribed.Select(static member => member.UserId).Distinct().Order().ToList();
        var isPresence = channel.StartsWith("presence-", StringComparison.Ordinal);
        var http = new PusherHttp(_server, TestApp.Chatty);
        var info = (await http.GetAsync($"/channels/{channel}", ("info", isPresence ? "subscription_count,user_count" : "subscription_count"))).Expect(200).Json;
        Assert.Equal(subscribed.Count, (int)info["subscription_count"]!);
        foreach (var member in subscribed)
            Assert.Equal(published, member.LastNumber(channel));
        if (!isPresence)
            return;

        Assert.Equal(users.Count, (int)info["user_count"]!);
        var listed = (await http.GetAsync($"/channels/{channel}/users")).Json["users"]!.AsArray().Select(static user => (string)user!["id"]!).Order();
        Assert.Equal(users, listed);
        foreach (var member in subscribed)
            Assert.Equal(users, member.RosterOf(channel));
    }

    /// <summary>One client: what it does, and what it has been told.</summary>
    private sealed class Participant : IAsyncDisposable
    {
        private const int Users = 60;

        private readonly PusherConnection _connection;
        private readonly Random _random;
        private readonly string[] _channels;
        private readonly HashSet<string> _joined = [];
        private readonly ConcurrentDictionary<string, View> _views = new();
        private readonly Task _reading;
        private TaskCompletionSource _pong = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Participant(PusherConnection connection, int index, Random random, string[] channels)
        {
            _connection = connection;
            _random = random;
            _channels = channels;
            UserId = $"user-{index % Users}";
            _reading = ReadAsync();
        }

        public string UserId { get; }

        public static async Task<Participant> ConnectAsync(ServerUnderTest server, int index, Random random, string[] channels) =>
            new(await PusherConnection.ConnectAsync(server, TestApp.Chatty), index, random, channels);

        public bool IsIn(string channel) => _joined.Contains(channel);

        public int LastNumber(string channel) => _views[channel].LastNumber;

        public IEnumerable<string> RosterOf(string channel) => _views[channel].Users.Order();

        public async Task ActAsync(int actions)
        {
            for (var i = 0; i < actions; i++)
            {
                var channel = _channels[_random.Next(_channels.Length)];
                if (_joined.Remove(channel))
                {
                    await _connection.UnsubscribeAsync(channel);
                }
                else
                {
                    _joined.Add(channel);
                    var isPresence = channel.StartsWith("presence-", StringComparison.Ordinal);
                    await _connection.RequestAsync(channel, isPresence ? PusherConnection.Member(UserId) : null);
                }

                if (_random.Next(3) == 0)
                    await Task.Yield();
            }
        }

        // All that was sent before the answer to a ping has arrived.
        public async Task SettleAsync()
        {
            _pong = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _connection.SendAsync("""{"event":"pusher:ping"}""");
            await Task.WhenAny(_pong.Task, _reading).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(_pong.Task.IsCompletedSuccessfully, _reading.Exception?.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        private async Task ReadAsync()
        {
            while (true)
                Take(await _connection.Socket.NextFrameAsync());
        }

        private void Take(ServerFrame frame)
        {
            Assert.Equal(ServerFrame.TextOpcode, frame.Opcode);
            var message = JsonNode.Parse(frame.Text)!;
            var channel = (string?)message["channel"] ?? "";
            var data = message["data"] is JsonValue value ? (string)value! : "";
            switch ((string?)message["event"])
            {
                case "pusher:pong":
                    _pong.TrySetResult();
                    break;
                case "pusher_internal:subscription_succeeded":
                    _views[channel] = new View(JsonNode.Parse(data)!["presence"]?["ids"]?.AsArray().Select(static id => (string)id!));
                    break;
                case "pusher_internal:member_added":
                    Assert.True(_views[channel].Users.Add((string)JsonNode.Parse(data)!["user_id"]!), "added twice");
                    break;
                case "pusher_internal:member_removed":
                    Assert.True(_views[channel].Users.Remove((string)JsonNode.Parse(data)!["user_id"]!), "removed without having been there");
                    break;
                case "n":
                    var number = int.Parse(data, CultureInfo.InvariantCulture);
                    var view = _views[channel];
                    Assert.True(view.LastNumber == 0 || number == view.LastNumber + 1, $"{channel}: {number} after {view.LastNumber}");
                    view.LastNumber = number;
                    break;
                case "pusher:cache_miss":
                    break;
                default:
                    Assert.Fail(frame.Text);
                    break;
            }
        }

        private sealed class View(IEnumerable<string>? users)
        {
            public HashSet<string> Users { get; } = [.. users ?? []];

            public int LastNumber { get; set; }
        }
    }
}
