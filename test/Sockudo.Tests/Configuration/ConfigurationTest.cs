using Sockudo.Configuration;

namespace Sockudo.Tests.Configuration;

/// <summary>A working directory, an environment and options of a test's own.</summary>
public abstract class ConfigurationTest : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-configuration-").FullName;

    protected Dictionary<string, string> Environment { get; } = [];

    protected List<(string Option, string Path, string Value)> Overrides { get; } = [];

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_directory, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    protected void Write(string path, byte[] content) => File.WriteAllBytes(Path.Combine(_directory, path), content);

    private protected ConfigurationResult Load(string? configPath = null) => ConfigurationLoader.Load(new ConfigurationSources
    {
        WorkingDirectory = _directory,
        Environment = Environment,
        ConfigPath = configPath,
        Overrides = Overrides,
    });
}
