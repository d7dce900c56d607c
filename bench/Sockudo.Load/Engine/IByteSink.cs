namespace Sockudo.Load.Engine;

/// <summary>Takes what a transport receives.</summary>
internal interface IByteSink
{
    /// <param name="bytes">Valid until the call returns.</param>
    void OnBytes(ReadOnlySpan<byte> bytes);

    /// <summary>The other side or the network has ended the connection. Called once, and last.</summary>
    void OnEnd();
}
