using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sockudo.Chaos.Nodes;
using Sockudo.Tests.Concurrency;

namespace Sockudo.Chaos.Clients;

/// <summary>One connection of a client, from the handshake to the end; what it was told is checked message by message.</summary>
internal sealed class ChaosConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly HttpMessageInvoker Invoker = new(NodeApi.NewHandler());

    private readonly ClientPlan _plan;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly Dictionary<string, ChannelView> _views = [];
    private readonly Dictionary<string, long> _joined = [];
    private readonly HashSet<string> _heard = [];
    private readonly Lock _gate = new();

    private ChaosConnection(ClientPlan plan, ChaosNode node)
    {
        _plan = plan;
        Node = node;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var channel in plan.Channels)
            _views[channel] = new ChannelView(channel, mayMiss: true);
    }

    /// <summary>The node.</summary>
    public ChaosNode Node { get; }

    /// <summary>When the handshake was done.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>All subscriptions have been confirmed, and the connection has not ended.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>It is the client that ends it.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Makes the handshake.</summary>
    public static async Task<ChaosConnection> OpenAsync(ClientPlan plan, ChaosNode node, CancellationToken stop)
    {
        var connection = new ChaosConnection(plan, node);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience);
            var scheme = node.Address.Scheme == "https" ? "wss" : "ws";
            var address = new Uri($"{scheme}://{node.Address.Authority}/app/{ChaosNode.App.Key}?protocol=7&client=js&version=8.6.0");
            await connection._socket.ConnectAsync(address, Invoker, patience.Token);
            connection.OpenedAt = TimeProvider.System.GetTimestamp();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads until the end.</summary>
    public async Task<ConnectionEnd> ReadAsync()
    {
        try
        {
            var buffer = new byte[4096];
            while (true)
            {
                var count = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    if (count == buffer.Length)
                        Array.Resize(ref buffer, 2 * buffer.Length);
                    result = await _socket.ReceiveAsync(buffer.AsMemory(count), _cut.Token);
                    count += result.Count;
                }
                while (!result.EndOfMessage);
                if (result.MessageType == WebSocketMessageType.Close)
                    return await AnswerCloseAsync();
                await TakeAsync(buffer.AsMemory(0, count));
            }
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            return new ConnectionEnd(null, exception.Message);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return new ConnectionEnd((int?)_socket.CloseStatus);
        }
        finally
        {
            IsJoined = false;
        }
    }

    /// <summary>Sends a client event.</summary>
    public Task SayAsync(string channel, string data) => SendAsync(new JsonObject { ["event"] = "client-n", ["channel"] = channel, ["data"] = data });

    /// <summary>Leaves with a closing handshake, or as somebody whose battery is empty.</summary>
    public async Task LeaveAsync(bool isPolite)
    {
        HasLeft = true;
        try
        {
            if (isPolite && _socket.State == WebSocketState.Open)
            {
                using var patience = new CancellationTokenSource(Patience);
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The node has gone first.
        }

        try
        {
            _socket.Abort();
            await _cut.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Users in a presence channel, by what this client was told.</summary>
    public IReadOnlySet<string> UsersOf(string channel)
    {
        lock (_gate)
            return _views[channel].Users.ToHashSet();
    }

    /// <summary>Whether it was subscribed to a channel since before a moment.</summary>
    public bool HasJoinedBefore(string channel, long timestamp)
    {
        lock (_gate)
            return IsJoined && _joined[channel] < timestamp;
    }

    /// <summary>Whether it has heard an event since <see cref="Forget"/>.</summary>
    public bool HasHeard(string data)
    {
        lock (_gate)
            return _heard.Contains(data);
    }

    /// <summary>What was heard so far is not asked for any more.</summary>
    public void Forget()
    {
        lock (_gate)
            _heard.Clear();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _cut.Dispose();
    }

    private async Task<ConnectionEnd> AnswerCloseAsync()
    {
        var end = new ConnectionEnd((int?)_socket.CloseStatus);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _cut.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // It has not waited for the answer.
        }

        return end;
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var name = document.RootElement.GetProperty("event").GetString()!;
        var data = document.RootElement.TryGetProperty("data", out var element) && element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        if (name == "pusher:connection_established")
            await SubscribeAsync((string)JsonNode.Parse(data)!["socket_id"]!);
        else if (name == "pusher:ping")
            await SendAsync(new JsonObject { ["event"] = "pusher:pong", ["data"] = "{}" });
        else if (document.RootElement.TryGetProperty("channel", out var channel))
            Take(name, channel.GetString()!, data);
        else if (name != "pusher:error")
            throw new InvalidOperationException("unexpected: " + document.RootElement.GetRawText());
    }

    private void Take(string name, string channel, string data)
    {
        lock (_gate)
        {
            if (!_views.TryGetValue(channel, out var view))
                throw new InvalidOperationException($"{channel} was never asked for");
            view.Take(name, data);
            if (name == "pusher_internal:subscription_succeeded")
            {
                _joined[channel] = TimeProvider.System.GetTimestamp();
                IsJoined = _joined.Count == _plan.Channels.Count;
            }
            else if (!name.StartsWith("pusher_internal:", StringComparison.Ordinal))
            {
                _heard.Add(data);
            }
        }
    }

    private async Task SubscribeAsync(string socketId)
    {
        foreach (var channel in _plan.Channels)
        {
            var isPresence = channel.StartsWith("presence-", StringComparison.Ordinal);
            var data = new JsonObject { ["channel"] = channel };
            var member = isPresence ? new JsonObject { ["user_id"] = _plan.User }.ToJsonString() : null;
            if (isPresence || channel.StartsWith("private-", StringComparison.Ordinal))
                data["auth"] = ChaosNode.App.Authorize(socketId, channel, member);
            if (member is not null)
                data["channel_data"] = member;
            await SendAsync(new JsonObject { ["event"] = "pusher:subscribe", ["data"] = data });
        }
    }

    private Task SendAsync(JsonObject message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _cut.Token);
}
