using System.Globalization;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>Apps as records of a database, and back. The rules of the configuration hold there too (storage.md 1.1).</summary>
internal static class AppRecords
{
    // No browser can be there (RFC 2606).
    private const string NoOrigin = "nowhere.invalid";

    private static readonly ValueSource Stored = new(0, "database");

    /// <summary>
    /// The app of a record, without what is wrong with it, which is reported; null without a good id, key or secret. If no allowed origin is good, no origin is allowed.
    /// </summary>
    public static App? ReadUsable(AppRecord record, ConfigurationProblems problems)
    {
        var path = PathOf(record);
        return new AppReader(problems).ReadUsable(path, ToNode(record, path, problems));
    }

    /// <summary>An app as a record, with every field; absent numbers and empty lists are null.</summary>
    public static AppRecord Write(App app)
    {
        var record = new AppRecord
        {
            ["id"] = app.Id,
            ["key"] = app.Key,
            ["secret"] = app.Secret,
            ["previous_secret"] = app.PreviousSecret,
            ["enabled"] = Flag(app.Enabled),
            ["enable_client_messages"] = Flag(app.EnableClientMessages),
            ["enable_user_authentication"] = Flag(app.EnableUserAuthentication),
            ["enable_authorized_connections"] = Flag(app.EnableAuthorizedConnections),
            ["enable_watchlist_events"] = Flag(app.EnableWatchlistEvents),
            ["enable_subscription_count"] = Flag(app.EnableSubscriptionCount),
            ["require_tls"] = Flag(app.RequireTls),
            ["allowed_origins"] = app.AllowedOrigins.Count == 0 ? null : JsonOutput.Write(writer => AppWriter.WriteOrigins(writer, app)),
            ["webhooks"] = app.Webhooks.Count == 0 ? null : JsonOutput.Write(writer => AppWriter.WriteWebhooks(writer, app, showSecrets: true)),
        };
        foreach (var (name, limit) in AppWriter.Limits(app))
            record[name] = limit?.ToString(CultureInfo.InvariantCulture);
        return record;
    }

    /// <summary>A list as JSON, that may have been written with commas as in a variable.</summary>
    public static string JsonOf(string text)
    {
        if (text.AsSpan().TrimStart() is ['[' or '{', ..])
            return text;
        return JsonOutput.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                writer.WriteStringValue(item);
            writer.WriteEndArray();
        });
    }

    /// <summary>What an absent field means, as text, for databases that must hold something: "the value in force (0 for "no limit")".</summary>
    public static string ValueInForce(string field, SockudoOptions options)
    {
        var number = field switch
        {
            "max_client_events_per_second" => options.EventLimits.MaxClientEventsPerSecond,
            "max_presence_members_per_channel" => options.Presence.MaxMembersPerChannel,
            "max_presence_member_size_in_kb" => options.Presence.MaxMemberSizeInKb,
            "max_channel_name_length" => options.ChannelLimits.MaxNameLength,
            "max_event_channels_at_once" => options.EventLimits.MaxChannelsAtOnce,
            "max_event_name_length" => options.EventLimits.MaxNameLength,
            "max_event_payload_in_kb" => options.EventLimits.MaxPayloadInKb,
            "max_event_batch_size" => options.EventLimits.MaxBatchSize,
            _ => 0,
        };
        return AppSchema.Fields.First(entry => entry.Name == field).Kind switch
        {
            AppFieldKind.Flag => Flag(field is "enabled" or "enable_user_authentication"),
            AppFieldKind.Json => "[]",
            AppFieldKind.Text => "",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string PathOf(AppRecord record) => $"app {record.Find("id") ?? "without id"}";

    private static ConfigObject ToNode(AppRecord record, string path, ConfigurationProblems problems)
    {
        var members = new List<KeyValuePair<string, ConfigNode>>();
        foreach (var (name, kind) in AppSchema.Fields)
        {
            if (record.Find(name) is not { } text)
                continue;
            var node = kind == AppFieldKind.Json ? ReadJson($"{path}.{name}", text, problems) : new ConfigScalar(text, IsString: kind == AppFieldKind.Text, Stored);
            if (name == "allowed_origins" && text.AsSpan().Trim() is not ("" or "null"))
                node = UsableOrigins($"{path}.{name}", node, problems);
            if (node is not null)
                members.Add(new(name, node));
        }

        return new ConfigObject(members, Stored);
    }

    private static ConfigNode? ReadJson(string path, string text, ConfigurationProblems problems)
    {
        try
        {
            return text.AsSpan().Trim() is "" ? null : JsonConfigReader.ReadText(text, Stored);
        }
        catch (ConfigurationSyntaxException exception)
        {
            problems.Error(path, new ConfigScalar("", IsString: true, Stored), exception.Message, isSecret: true);
            return null;
        }
    }

    // An empty list would let everybody in, and that is not what was wanted.
    private static ConfigArray UsableOrigins(string path, ConfigNode? node, ConfigurationProblems problems)
    {
        var items = (node as ConfigArray)?.Items ?? [];
        if (node is ConfigArray && items.Count == 0)
            return new ConfigArray([], Stored);
        var usable = new List<ConfigNode>();
        foreach (var item in items)
        {
            if (item is ConfigScalar scalar && OriginPattern.TryParse(scalar.Text, out _))
                usable.Add(item);
            else
                problems.Error(path, item, "is no origin and is left out; use *, example.com, https://example.com or *.example.com");
        }

        if (usable.Count > 0)
            return new ConfigArray(usable, Stored);
        problems.Error($"{path}: none of the origins can be used, so that none is allowed");
        return new ConfigArray([new ConfigScalar(NoOrigin, IsString: true, Stored)], Stored);
    }

    private static string Flag(bool value) => value ? "1" : "0";
}
