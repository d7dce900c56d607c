using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sockudo.Load.Reports;

/// <summary>Where <c>--json</c> writes to.</summary>
internal static class JsonFile
{
    /// <summary>Stands for the standard output.</summary>
    public const string StandardOutput = "-";

    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.Serialize(value, type);
        if (path == StandardOutput)
            Console.Out.WriteLine(json);
        else
            File.WriteAllText(path, json + "\n");
    }
}
