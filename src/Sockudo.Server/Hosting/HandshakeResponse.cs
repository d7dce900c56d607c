using System.Text;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Server.Hosting;

/// <summary>The server's half of the opening handshake (RFC 6455 section 4.2.2), as bytes.</summary>
internal static class HandshakeResponse
{
    /// <summary>The complete <c>101 Switching Protocols</c>.</summary>
    public static Frame Create(UpgradeRequest request, AdmissionResult admission)
    {
        var response = new StringBuilder(256)
            .Append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
            .Append(UpgradeRequest.AcceptFor(request.Key))
            .Append("\r\n");
        // C-2b: "if nothing is offered it MUST NOT select one".
        if (request.OffersPusherProtocol)
            response.Append("Sec-WebSocket-Protocol: " + UpgradeRequest.PusherProtocol + "\r\n");
        foreach (var (name, value) in admission.Rate.Headers)
            response.Append(name).Append(": ").Append(value).Append("\r\n");
        return Frame.FromWire(Encoding.ASCII.GetBytes(response.Append("\r\n").ToString()));
    }
}
