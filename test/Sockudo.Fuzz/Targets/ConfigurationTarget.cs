using Sockudo.Configuration;

namespace Sockudo.Fuzz.Targets;

/// <summary>A whole configuration of one file: it is read, or all that is wrong is said, a line each; what was read can be printed as JSON. No secret is shown by either.</summary>
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
        var file = Path.Combine(folder, name);
        File.WriteAllBytes(file, input);
        var result = ConfigurationLoader.Load(new ConfigurationSources { WorkingDirectory = folder, ConfigPath = name == ".env" ? null : name });
        foreach (var line in result.Errors.Concat(result.Warnings))
            Finding.Unless(line.Length > 0 && !line.Contains('\n', StringComparison.Ordinal), $"not one line: {line}");
        var print = ConfigurationPrinter.Print(result);
        using var json = System.Text.Json.JsonDocument.Parse(print);
        Finding.UnlessSame(System.Text.Json.JsonValueKind.Object, json.RootElement.ValueKind, "the print");
        if (result.Errors.Concat(result.Warnings).Append(print).FirstOrDefault(static text => text.Contains(SecretPlaces.Word, StringComparison.Ordinal)) is { } shown)
            Finding.Unless(MayBeShown(file), $"a secret is shown: {shown}");
    }

    private static bool MayBeShown(string file)
    {
        try
        {
            return Path.GetExtension(file) switch
            {
                ".json" => SecretPlaces.MayBeShown(JsonConfigReader.ReadFile(File.ReadAllBytes(file), "")),
                ".toml" => SecretPlaces.MayBeShown(TomlConfigReader.ReadFile(File.ReadAllText(file), "")),
                _ => SecretPlaces.MayBeShown(File.ReadAllText(file)),
            };
        }
        catch (ConfigurationSyntaxException exception)
        {
            // Names are no secrets.
            return exception.Message.Contains("is there twice", StringComparison.Ordinal);
        }
    }
}
