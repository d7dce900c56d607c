using System.Text.Json;

namespace Sockudo.Configuration;

/// <summary>Prints the effective configuration as JSON, secrets as <c>"***"</c> (configuration.md 1.4).</summary>
internal static class ConfigurationPrinter
{
    /// <summary>One JSON object with every key.</summary>
    public static string Print(ConfigurationResult configuration)
    {
        return JsonOutput.Write(
            writer =>
            {
                writer.WriteStartObject();
                WriteSection(writer, [.. ConfigurationKeys.All.Select(static key => (key.Path, key))], configuration);
                writer.WriteEndObject();
            },
            isIndented: true);
    }

    private static void WriteSection(
        Utf8JsonWriter writer, IReadOnlyList<(string Name, ConfigurationKey Key)> keys, ConfigurationResult configuration)
    {
        foreach (var group in keys.GroupBy(static entry => entry.Name.Split('.')[0]))
        {
            var first = group.First();
            if (first.Name == group.Key)
            {
                writer.WritePropertyName(group.Key);
                WriteKey(writer, first.Key, configuration);
                continue;
            }

            writer.WriteStartObject(group.Key);
            WriteSection(writer, [.. group.Select(entry => (entry.Name[(group.Key.Length + 1)..], entry.Key))], configuration);
            writer.WriteEndObject();
        }
    }

    private static void WriteKey(Utf8JsonWriter writer, ConfigurationKey key, ConfigurationResult configuration)
    {
        if (key.Type == KeyType.Apps)
        {
            writer.WriteStartArray();
            foreach (var app in configuration.Options.AppManager.Array.Apps)
                AppWriter.Write(writer, app, showSecrets: false);
            writer.WriteEndArray();
            return;
        }

        // Of an address only its user info is secret.
        var value = configuration.Effective[key.Path];
        WriteValue(writer, value switch
        {
            string text when key.Type.IsUrl => Masked.Address(text),
            string { Length: > 0 } when key.IsSecret => Masked.Secret,
            string text => Masked.Text(text),
            IReadOnlyList<string> list when key.IsSecret => list.Select(Masked.Address).ToArray(),
            _ => value,
        });
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool boolean:
                writer.WriteBooleanValue(boolean);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case UnixFileMode mode:
                writer.WriteStringValue(Convert.ToString((int)mode, 8));
                break;
            case IReadOnlyList<string> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            case Enum choice:
                writer.WriteStringValue(Choices.NameOf(choice));
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
