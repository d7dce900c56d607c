using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>What <c>npm ci --prefix test/automated</c> has installed.</summary>
internal static class NpmPackages
{
    /// <summary>A file of that folder; skips the test, by name, if the package that it needs is missing.</summary>
    public static string Find(string file, string package)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, "test/automated");
            if (Directory.Exists(Path.Combine(folder, "node_modules", package)))
                return Path.Combine(folder, file);
        }

        Assert.Skip($"{package} is missing; run npm ci --prefix test/automated and run again");
        return "";
    }
}
