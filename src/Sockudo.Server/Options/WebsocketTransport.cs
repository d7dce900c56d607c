namespace Sockudo.Server.Options;

/// <summary>How WebSockets over plain TCP are accepted, read and written.</summary>
public enum WebsocketTransport
{
    /// <summary><c>auto</c>: <see cref="Epoll"/> where it exists, else <see cref="Kestrel"/>.</summary>
    Auto,

    /// <summary><c>epoll</c>: the server's own, the smallest and fastest. Linux on x64 or arm64.</summary>
    Epoll,

    /// <summary><c>kestrel</c>: that of the HTTP server, on all systems. Also what TLS and Unix sockets always use.</summary>
    Kestrel,
}
