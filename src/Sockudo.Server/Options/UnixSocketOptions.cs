namespace Sockudo.Server.Options;

/// <summary><c>unix_socket</c>: a Unix domain socket as main listener.</summary>
public sealed record UnixSocketOptions
{
    /// <summary>The main listener is a Unix domain socket instead of <c>host:port</c>.</summary>
    public bool Enabled { get; init; }

    /// <summary>Path of the socket; a stale socket file is replaced, any other file is an error.</summary>
    public string Path { get; init; } = "/var/run/sockudo/sockudo.sock";

    /// <summary>File mode of the socket.</summary>
    public UnixFileMode PermissionMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
}
