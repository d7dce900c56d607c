using System.Text;

namespace Sockudo.Specification.Conformance;

/// <summary>The whole server: what is no JSON and what is no text is answered with an error (F-2, F-3), and the connection goes on.</summary>
public abstract class PusherConformanceSpec(ServerUnderTest server) : ConformanceSpec
{
    protected override async Task<RawWebSocket> OpenAsync() => (await PusherConnection.ConnectAsync(server, TestApp.Plain)).Socket;

    protected override ServerFrame AnswerTo(ServerFrame message)
    {
        var error = message.Opcode == ServerFrame.BinaryOpcode ? "Binary messages are not supported" : "Received invalid JSON";
        return new ServerFrame(ServerFrame.TextOpcode, Encoding.UTF8.GetBytes($$$"""{"event":"pusher:error","data":{"code":null,"message":"{{{error}}}"}}"""));
    }
}
