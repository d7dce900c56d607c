using System.Text.Json;

namespace Sockudo.Reference;

/// <summary>
/// A server as an ordinary developer writes it: the framework's WebSockets, a queue and a send loop for each connection. It speaks just
/// enough of the protocol for the load tool, and checks no signature.
/// </summary>
internal sealed class Server
{
    private readonly Subscriptions _subscriptions = new();

    public async Task HandleAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
            await new Connection(socket, _subscriptions).RunAsync(context.RequestAborted).ConfigureAwait(false);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            Publish(await Bodies.ReadAsync(context.Request).ConfigureAwait(false));
            await Bodies.AnswerAsync(context.Response).ConfigureAwait(false);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private void Publish(byte[] body)
    {
        var request = JsonSerializer.Deserialize(body, WireJson.Default.PublishRequest)!;
        foreach (var channel in request.Channels)
        {
            var message = JsonSerializer.SerializeToUtf8Bytes(new WireMessage(request.Name, request.Data, channel), WireJson.Default.WireMessage);
            foreach (var connection in _subscriptions.Of(channel))
                connection.Send(message);
        }
    }
}
