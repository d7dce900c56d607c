namespace Sockudo.Load.Engine;

/// <summary>Takes the messages of many connections, on the thread of their loop.</summary>
internal interface IMessageSink
{
    /// <param name="connection">Who has received it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="payload">The JSON text; valid until the call returns.</param>
    void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload);
}
