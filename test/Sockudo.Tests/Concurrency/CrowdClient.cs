using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Sockudo.Specification;

namespace Sockudo.Tests.Concurrency;

/// <summary>
/// One client of the crowd. Requests are sent without waiting for their answers; a reader of its own takes everything that
/// arrives into a <see cref="ChannelView"/> per channel.
/// </summary>
internal sealed class CrowdClient : IAsyncDisposable
{
    private readonly RawWebSocket _socket;
    private readonly string _socketId;
    private readonly ConcurrentDictionary<string, ChannelView> _views = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _successes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _requests = [];
    private readonly Dictionary<string, int> _published = [];
    private readonly ConcurrentQueue<TaskCompletionSource> _pings = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    private CrowdClient(RawWebSocket socket, string socketId)
    {
        _socket = socket;
        _socketId = socketId;
        _reading = ReadAsync();
    }

    /// <summary>Channels that the client wants to be in, with its user on presence channels, else null.</summary>
    public Dictionary<string, string?> Joined { get; } = [];

    public static async Task<CrowdClient> ConnectAsync(ServerUnderTest server)
    {
        var connection = await PusherConnection.ConnectAsync(server, TestApp.Busy);
        return new CrowdClient(connection.Socket, connection.SocketId);
    }

    public ChannelView View(string channel) => _views[channel];

    /// <summary>Joins a channel, as this user if it is a presence channel.</summary>
    public Task JoinAsync(string channel, string? user)
    {
        Joined.Add(channel, user);
        _requests[channel] = _requests.GetValueOrDefault(channel) + 1;
        var data = user is null ? null : PusherConnection.Member(user);
        var auth = TestApp.Busy.Authorize(_socketId, channel, data);
        var channelData = data is null ? "" : $",\"channel_data\":{JsonSerializer.Serialize(data)}";
        return _socket.SendTextAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{channel}}}","auth":"{{{auth}}}"{{{channelData}}}}}""");
    }

    public Task LeaveAsync(string channel)
    {
        Joined.Remove(channel);
        return _socket.SendTextAsync($$$"""{"event":"pusher:unsubscribe","data":{"channel":"{{{channel}}}"}}""");
    }

    /// <summary>Whether the latest request to join has been answered.</summary>
    public bool HasJoined(string channel) => Joined.ContainsKey(channel) && _successes.GetValueOrDefault(channel) == _requests[channel];

    /// <summary>Sends the next client event.</summary>
    public Task PublishAsync(string channel)
    {
        var number = _published[channel] = _published.GetValueOrDefault(channel) + 1;
        return _socket.SendTextAsync($$"""{"event":"client-n","channel":"{{channel}}","data":"{{_socketId}} {{number.ToString(CultureInfo.InvariantCulture)}}"}""");
    }

    /// <summary>Completes when all that was sent so far has been handled and all that it caused here has been read.</summary>
    public async Task SettleAsync()
    {
        var pong = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pings.Enqueue(pong);
        await _socket.SendTextAsync("""{"event":"pusher:ping"}""");
        // A reader that ended did so because of a contradiction: show that.
        await await Task.WhenAny(pong.Task, _reading).WaitAsync(RawWebSocket.Patience * 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _socket.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
                Take((await _socket.WaitForFrameAsync(_stop.Token)).Payload);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client has had enough.
        }
    }

    private void Take(byte[] message)
    {
        using var document = JsonDocument.Parse(message);
        var name = document.RootElement.GetProperty("event").GetString()!;
        if (name == "pusher:pong" && _pings.TryDequeue(out var ping))
        {
            ping.SetResult();
        }
        else if (document.RootElement.TryGetProperty("channel", out var channelName))
        {
            var channel = channelName.GetString()!;
            _views.GetOrAdd(channel, static channel => new ChannelView(channel)).Take(name, document.RootElement.GetProperty("data").GetString()!);
            if (name == "pusher_internal:subscription_succeeded")
                _successes.AddOrUpdate(channel, 1, static (_, count) => count + 1);
        }
        else
        {
            throw new InvalidOperationException("unexpected: " + document.RootElement.GetRawText());
        }
    }
}
