using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using Sockudo.Server.Apps;

namespace Sockudo.Aws;

/// <summary>Apps as items of DynamoDB (storage.md 1.6): strings S, numbers N, flags BOOL, lists S that hold JSON. Reading takes other forms too.</summary>
internal static class DynamoItems
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The record of an item; attributes that are no fields are left out.</summary>
    public static AppRecord Read(Dictionary<string, AttributeValue> item)
    {
        var record = new AppRecord();
        foreach (var (field, _) in AppSchema.Fields)
        {
            if (item.TryGetValue(field, out var value))
                record[field] = TextOf(value);
        }

        return record;
    }

    /// <summary>The attribute of a field.</summary>
    public static AttributeValue Write(string field, string text) => AppSchema.Fields.First(entry => entry.Name == field).Kind switch
    {
        AppFieldKind.Flag => new AttributeValue { BOOL = text == "1" },
        AppFieldKind.Number => new AttributeValue { N = text },
        _ => new AttributeValue { S = text },
    };

    private static string? TextOf(AttributeValue value)
    {
        if (value.NULL == true)
            return null;
        if (value.S is not null)
            return value.S;
        if (value.N is not null)
            return value.N;
        if (value.BOOL is { } flag)
            return flag ? "1" : "0";
        if (value.L is null && value.M is null && value.SS is null)
            return null;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WriterOptions))
            WriteJson(writer, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteJson(Utf8JsonWriter writer, AttributeValue value)
    {
        if (value.L is not null || value.SS is not null)
        {
            writer.WriteStartArray();
            foreach (var item in value.L ?? [.. value.SS!.Select(static text => new AttributeValue { S = text })])
                WriteJson(writer, item);
            writer.WriteEndArray();
        }
        else if (value.M is not null)
        {
            writer.WriteStartObject();
            foreach (var (name, member) in value.M)
            {
                writer.WritePropertyName(name);
                WriteJson(writer, member);
            }

            writer.WriteEndObject();
        }
        else if (value.N is not null)
        {
            writer.WriteNumberValue(decimal.Parse(value.N, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        else if (value.BOOL is { } flag)
        {
            writer.WriteBooleanValue(flag);
        }
        else if (value.S is not null)
        {
            writer.WriteStringValue(value.S);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
