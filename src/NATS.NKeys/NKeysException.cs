namespace NATS.NKeys;

/// <summary>Text is not the key that it should be. The message never has the text.</summary>
public sealed class NKeysException : Exception
{
    /// <param name="message">Why.</param>
    public NKeysException(string message)
        : base(message)
    {
    }
}
