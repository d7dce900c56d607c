namespace Sockudo.Server.Apps;

/// <summary>The app store's backend cannot be reached: HTTP answers 503, a WebSocket gets 4100 (storage.md 1.4).</summary>
public sealed class AppStoreUnavailableException : Exception
{
    public AppStoreUnavailableException()
    {
    }

    public AppStoreUnavailableException(string message)
        : base(message)
    {
    }

    public AppStoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
