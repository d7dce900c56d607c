namespace Sockudo.Load.Engine;

/// <summary>A socket on an event loop.</summary>
internal interface IReadable
{
    int Descriptor { get; }

    /// <summary>Reads what has arrived.</summary>
    /// <param name="scratch">A buffer that all sockets of the loop share; free to use until the call returns.</param>
    void OnReadable(byte[] scratch);
}
