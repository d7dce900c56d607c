using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockudo.Configuration;

/// <summary>JSON as text for people, programs and databases: letters of all scripts stay as they are.</summary>
internal static class JsonOutput
{
    /// <summary>What is written, as text.</summary>
    /// <param name="write">Writes one value.</param>
    /// <param name="isIndented">On several lines.</param>
    public static string Write(Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
