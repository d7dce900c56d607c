namespace Sockudo.Load.Engine;

/// <summary>Takes the messages of connections that are only there.</summary>
internal sealed class Unheeded : IMessageSink
{
    public static readonly Unheeded Instance = new();

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        // By its state the connection still tells whether it is subscribed or closed.
    }
}
