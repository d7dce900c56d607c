using Sockudo.Configuration;

namespace Sockudo.Fuzz.Targets;

/// <summary>A whole configuration of one file: it is read, or all that is wrong is said, a line each; what was read can be printed as JSON.</summary>
internal static class ConfigurationTarget
{
    // In memory, where there is such a place.
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"sockudo-fuzz-{Environment.ProcessId}")).FullName;

    static ConfigurationTarget() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Folder, recursive: true);

    public static void CheckJson(byte[] input) => Check("x.json", input);

    public static void CheckToml(byte[] input) => Check("x.toml", input);

    public static void CheckDotEnv(byte[] input) => Check(".env", input);

    private static void Check(string name, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name.Trim('.'))).FullName;
        File.WriteAllBytes(Path.Combine(folder, name), input);
        var result = ConfigurationLoader.Load(new ConfigurationSources { WorkingDirectory = folder, ConfigPath = name == ".env" ? null : name });
        foreach (var line in result.Errors.Concat(result.Warnings))
            Finding.Unless(line.Length > 0 && !line.Contains('\n', StringComparison.Ordinal), $"not one line: {line}");
        var print = ConfigurationPrinter.Print(result);
        using var json = System.Text.Json.JsonDocument.Parse(print);
        Finding.UnlessSame(System.Text.Json.JsonValueKind.Object, json.RootElement.ValueKind, "the print");
    }
}
