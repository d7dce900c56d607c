using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>A Pusher client in the hands of a test: sends what it is told and shows what arrives, message by message.</summary>
public sealed class PusherConnection : IAsyncDisposable
{
    private const string Ping = """{"event":"pusher:ping","data":{}}""";
    private const string Pong = """{"event":"pusher:pong","data":"{}"}""";

    private readonly ServerUnderTest _server;

    private PusherConnection(ServerUnderTest server, RawWebSocket socket, TestApp app)
    {
        _server = server;
        Socket = socket;
        App = app;
    }

    public RawWebSocket Socket { get; }

    public TestApp App { get; }

    public string SocketId { get; private set; } = "";

    /// <summary>Connects and reads <c>connection_established</c>.</summary>
    public static async Task<PusherConnection> ConnectAsync(ServerUnderTest server, TestApp app, params string[] headers)
    {
        await server.SettleAsync(actor: null);
        var connection = new PusherConnection(server, await RawWebSocket.OpenAsync(server, server.WebSocketPath(app), headers), app);
        var established = await connection.NextAsync();
        Assert.Equal("pusher:connection_established", (string?)established["event"]);
        server.Acted(connection);
        connection.SocketId = (string)JsonNode.Parse((string)established["data"]!)!["socket_id"]!;
        return connection;
    }

    public async Task SendAsync(string json)
    {
        var isChange = json.Contains("\"pusher:s", StringComparison.Ordinal) || json.Contains("\"pusher:unsubscribe", StringComparison.Ordinal);
        if (isChange)
            await _server.SettleAsync(this);
        await Socket.SendTextAsync(json);
        if (isChange)
            _server.Acted(this);
    }

    /// <summary>The next message as text. WebSocket pings in between are answered, pongs are skipped.</summary>
    public async Task<string> NextTextAsync()
    {
        while (true)
        {
            var frame = await Socket.NextFrameAsync();
            switch (frame.Opcode)
            {
                case ServerFrame.TextOpcode:
                    return frame.Text;
                case ServerFrame.PingOpcode:
                    await Socket.SendBytesAsync(RawWebSocket.Frame(0x8A, frame.Payload));
                    break;
                case ServerFrame.PongOpcode:
                    break;
                default:
                    throw new Xunit.Sdk.XunitException($"expected a message, but got opcode {frame.Opcode}: {frame.CloseCode} {frame.CloseReason}");
            }
        }
    }

    public async Task<JsonNode> NextAsync() => JsonNode.Parse(await NextTextAsync())!;

    /// <summary>The next message must be exactly this.</summary>
    public async Task ExpectAsync(string json) => Assert.Equal(json, await NextTextAsync());

    /// <summary>The next message must be <c>pusher:error</c> with this code; its text is returned.</summary>
    public async Task<string> ExpectErrorAsync(int? code)
    {
        var message = await NextAsync();
        Assert.Equal("pusher:error", (string?)message["event"]);
        Assert.False(message.AsObject().ContainsKey("channel"));
        // F-8: object-data, the code an integer or null, the message a string.
        var data = message["data"]!.AsObject();
        Assert.True(data.ContainsKey("code"));
        Assert.Equal(code, (int?)data["code"]);
        return (string)data["message"]!;
    }

    /// <summary>The next message must be <c>pusher:subscription_error</c> of this type (S-20).</summary>
    public async Task ExpectSubscriptionErrorAsync(string channel, string type, int status)
    {
        var message = await NextAsync();
        Assert.Equal("pusher:subscription_error", (string?)message["event"]);
        Assert.Equal(channel, (string?)message["channel"]);
        var data = JsonNode.Parse((string)message["data"]!)!;
        Assert.Equal(type, (string?)data["type"]);
        Assert.Equal(status, (int?)data["status"]);
        Assert.NotEmpty((string)data["error"]!);
    }

    /// <summary>Nothing has been sent to this client: the answer to a ping is the next message.</summary>
    public async Task ExpectNothingAsync()
    {
        await _server.SettleAsync(actor: null);
        await SendAsync(Ping);
        await ExpectAsync(Pong);
    }

    /// <summary>The next frame must be a close with this code, and then the TCP connection ends.</summary>
    public async Task ExpectCloseAsync(int code)
    {
        var frame = await Socket.NextFrameAsync();
        Assert.Equal(ServerFrame.CloseOpcode, frame.Opcode);
        Assert.Equal(code, frame.CloseCode);
        await Socket.SendBytesAsync(RawWebSocket.Frame(0x88, frame.Payload.AsSpan(0, 2)));
        await Socket.WaitForEndAsync();
    }

    /// <summary>C-4: the error, then a close with the same code.</summary>
    public async Task ExpectErrorAndCloseAsync(int code)
    {
        await ExpectErrorAsync(code);
        await ExpectCloseAsync(code);
    }

    /// <summary>Asks for a subscription, signed if the channel needs it.</summary>
    public Task RequestAsync(string channel, string? channelData = null)
    {
        var data = new JsonObject { ["channel"] = channel };
        if (channel.StartsWith("private-", StringComparison.Ordinal) || channel.StartsWith("presence-", StringComparison.Ordinal))
            data["auth"] = App.Authorize(SocketId, channel, channelData);
        if (channelData is not null)
            data["channel_data"] = channelData;
        return SendEventAsync("pusher:subscribe", data);
    }

    /// <summary>Subscribes; the decoded data of the success is returned.</summary>
    public async Task<JsonNode> SubscribeAsync(string channel, string? channelData = null)
    {
        await RequestAsync(channel, channelData);
        var success = await NextAsync();
        Assert.Equal("pusher_internal:subscription_succeeded", (string?)success["event"]);
        Assert.Equal(channel, (string?)success["channel"]);
        return JsonNode.Parse((string)success["data"]!)!;
    }

    /// <summary>Joins a presence channel.</summary>
    public Task<JsonNode> JoinAsync(string channel, string userId, string? userInfo = null) => SubscribeAsync(channel, Member(userId, userInfo));

    public Task UnsubscribeAsync(string channel) => SendEventAsync("pusher:unsubscribe", new JsonObject { ["channel"] = channel });

    /// <summary>Signs in; the success is read.</summary>
    public async Task SignInAsync(string userData)
    {
        await RequestSignInAsync(userData);
        var success = await NextAsync();
        Assert.Equal("pusher:signin_success", (string?)success["event"]);
    }

    public Task RequestSignInAsync(string userData, string? auth = null) =>
        SendEventAsync("pusher:signin", new JsonObject { ["auth"] = auth ?? App.AuthorizeUser(SocketId, userData), ["user_data"] = userData });

    public Task SendClientEventAsync(string name, string channel, string dataJson) =>
        SendAsync($$"""{"event":{{JsonSerializer.Serialize(name)}},"channel":{{JsonSerializer.Serialize(channel)}},"data":{{dataJson}}}""");

    public async ValueTask DisposeAsync()
    {
        await Socket.DisposeAsync();
        _server.Acted(actor: null);
    }

    /// <summary><c>channel_data</c> of a user with a string id.</summary>
    public static string Member(string userId, string? userInfo = null) =>
        userInfo is null ? $$"""{"user_id":"{{userId}}"}""" : $$"""{"user_id":"{{userId}}","user_info":{{userInfo}}}""";

    private Task SendEventAsync(string name, JsonObject data) => SendAsync(new JsonObject { ["event"] = name, ["data"] = data }.ToJsonString());
}
