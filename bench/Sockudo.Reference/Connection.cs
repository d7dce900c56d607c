using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Sockudo.Reference;

/// <summary>One client: a loop that reads, a queue, and a loop that sends what is in the queue.</summary>
internal sealed class Connection(WebSocket socket, Subscriptions subscriptions)
{
    private static int _lastId;

    private readonly Channel<byte[]> _outbound = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<string> _channels = [];

    /// <summary>Queues a message.</summary>
    public void Send(byte[] message) => _outbound.Writer.TryWrite(message);

    /// <summary>Serves the client until it has gone.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        var sending = SendAllAsync(aborted);
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        Send(new WireMessage("pusher:connection_established", $"{{\"socket_id\":\"1.{id}\",\"activity_timeout\":120}}"));
        try
        {
            await ReceiveAllAsync(aborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It has gone without a word.
        }

        _channels.ForEach(channel => subscriptions.Remove(channel, this));
        _outbound.Writer.Complete();
        await sending.ConfigureAwait(false);
    }

    private void Send(WireMessage message) => Send(JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.WireMessage));

    private async Task ReceiveAllAsync(CancellationToken aborted)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), aborted).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            var message = JsonSerializer.Deserialize(buffer.AsSpan(0, received.Count), WireJson.Default.SubscribeMessage)!;
            if (message.Event != "pusher:subscribe")
                continue;
            _channels.Add(message.Data.Channel);
            subscriptions.Add(message.Data.Channel, this);
            Send(new WireMessage("pusher_internal:subscription_succeeded", "{}", message.Data.Channel));
        }
    }

    private async Task SendAllAsync(CancellationToken aborted)
    {
        try
        {
            await foreach (var message in _outbound.Reader.ReadAllAsync(aborted).ConfigureAwait(false))
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, aborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The receiving side notices as well, and ends the connection.
        }
    }
}
