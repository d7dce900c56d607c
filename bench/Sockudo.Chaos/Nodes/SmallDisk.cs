using Sockudo.Specification.Backends;

namespace Sockudo.Chaos.Nodes;

/// <summary>A file system of a few megabytes for one node, which can really be full. It is a tmpfs, so it needs the right to mount one: root's, or that of a user namespace.</summary>
internal sealed class SmallDisk
{
    private const string Size = "size=16m";

    private readonly string _ballast;
    private readonly string _path;

    private SmallDisk(string path)
    {
        _path = path;
        _ballast = Path.Combine(path, "ballast");
    }

    /// <summary>Mounts one at a directory; null if that is not allowed here.</summary>
    public static async Task<SmallDisk?> TryMountAsync(string path)
    {
        var said = await BackendProcess.RunAsync("mount", path, "-t", "tmpfs", "-o", Size, "tmpfs", path);
        return said.Length == 0 ? new SmallDisk(path) : null;
    }

    /// <summary>Writes until there is no room for a single byte.</summary>
    public void Fill()
    {
        // One byte after the other at the end: what is left of a page would be enough for a small job.
        using var file = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 4096, 1])
        {
            var block = new byte[size];
            try
            {
                while (true)
                    file.Write(block);
            }
            catch (IOException)
            {
                // Full, as far as blocks of this size go.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(_ballast);

    /// <summary>Unmounts it.</summary>
    public Task UnmountAsync() => BackendProcess.RunAsync("umount", "/", "-l", _path);
}
