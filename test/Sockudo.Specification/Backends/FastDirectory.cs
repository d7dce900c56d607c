namespace Sockudo.Specification.Backends;

/// <summary>A directory in memory, if the machine has such a thing: what a test writes there again and again keeps nobody else from the disk.</summary>
public static class FastDirectory
{
    /// <summary>A new directory; whoever made it deletes it.</summary>
    public static string Create(string prefix)
    {
        const string InMemory = "/dev/shm";
        return Directory.Exists(InMemory)
            ? Directory.CreateDirectory(Path.Combine(InMemory, prefix + Guid.NewGuid().ToString("N"))).FullName : Directory.CreateTempSubdirectory(prefix).FullName;
    }
}
