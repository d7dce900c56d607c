using System.Net.Sockets;

namespace Sockudo.Listeners;

/// <summary>The file of a Unix domain socket (configuration.md 3.2).</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes a socket that nobody listens on any more, and creates the directory.</summary>
    /// <exception cref="ListenException">Something else is there, or somebody listens.</exception>
    public static async Task PrepareAsync(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
                Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ListenException($"unix_socket.path = \"{path}\": the directory cannot be made: {exception.Message}");
        }

        if (await IsStaleAsync(path).ConfigureAwait(false))
            File.Delete(path);
    }

    /// <summary>Whether a socket is there that nobody listens on any more.</summary>
    /// <exception cref="ListenException">Something else is there, or somebody listens.</exception>
    public static async Task<bool> IsStaleAsync(string path)
    {
        if (Directory.Exists(path))
            throw new ListenException($"unix_socket.path = \"{path}\" is a directory; give the path of a file in it");
        if (!File.Exists(path))
            return false;
        // A regular file can be opened; a socket cannot.
        if (IsRegularFile(path))
            throw new ListenException($"unix_socket.path = \"{path}\" exists and is no socket; remove it or choose another path");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return true;
        }

        throw new ListenException($"unix_socket.path = \"{path}\": another process listens there");
    }

    private static bool IsRegularFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is UnauthorizedAccessException;
        }
    }
}
