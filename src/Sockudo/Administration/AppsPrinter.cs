using System.Globalization;
using System.Text.Json;
using Sockudo.Configuration;
using Sockudo.Server.Apps;

namespace Sockudo.Administration;

/// <summary>Prints apps for people or for programs.</summary>
/// <param name="output">Where.</param>
/// <param name="isJson">For programs.</param>
internal sealed class AppsPrinter(TextWriter output, bool isJson)
{
    /// <summary>A table of apps, or a list of objects.</summary>
    public void PrintAll(IReadOnlyList<App> apps, bool showSecrets)
    {
        if (isJson)
        {
            PrintJson(writer =>
            {
                writer.WriteStartArray();
                foreach (var app in apps)
                    AppWriter.Write(writer, app, showSecrets);
                writer.WriteEndArray();
            });
            return;
        }

        if (apps.Count == 0)
        {
            output.WriteLine("There are no apps yet: sockudo apps create <id>");
            return;
        }

        string[] head = showSecrets ? ["ID", "KEY", "STATE", "MAX CONNECTIONS", "WEBHOOKS", "SECRET"] : ["ID", "KEY", "STATE", "MAX CONNECTIONS", "WEBHOOKS"];
        PrintTable([head, .. apps.Select(app => Row(app, showSecrets))]);
    }

    /// <summary>One app with all its fields, or an object.</summary>
    public void Print(App app, bool showSecrets)
    {
        if (isJson)
        {
            PrintJson(writer => AppWriter.Write(writer, app, showSecrets));
            return;
        }

        // What the JSON form says, line by line.
        using var document = JsonDocument.Parse(JsonOutput.Write(writer => AppWriter.Write(writer, app, showSecrets)));
        PrintTable([.. document.RootElement.EnumerateObject().Where(static field => !IsEmpty(field.Value)).Select(static field => new[] { field.Name, TextOf(field.Value) })]);
    }

    /// <summary>What was done, for people only.</summary>
    public void Say(string text)
    {
        if (!isJson)
            output.WriteLine(text);
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.String ? item.GetString() : JsonOutput.Write(item.WriteTo))),
        _ => value.GetRawText(),
    };

    private static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private static string[] Row(App app, bool showSecrets)
    {
        var limit = app.MaxConnections is > 0 and var number ? number.ToString(CultureInfo.InvariantCulture) : "no limit";
        string[] row = [app.Id, app.Key, app.Enabled ? "enabled" : "disabled", limit, app.Webhooks.Count.ToString(CultureInfo.InvariantCulture)];
        return showSecrets ? [.. row, app.Secret] : row;
    }

    private void PrintTable(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(widths[column]))));
    }

    private void PrintJson(Action<Utf8JsonWriter> write) => output.WriteLine(JsonOutput.Write(write, isIndented: true));
}
