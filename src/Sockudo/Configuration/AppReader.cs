using Sockudo.Server.Apps;

namespace Sockudo.Configuration;

/// <summary>Reads one app object (configuration.md 4.1).</summary>
internal sealed class AppReader(ConfigurationProblems problems)
{
    /// <summary>The app; null if something is wrong with it, which has been reported.</summary>
    public App? Read(string path, ConfigObject node)
    {
        var errors = problems.Errors.Count;
        var app = ReadUsable(path, node);
        return problems.Errors.Count > errors ? null : app;
    }

    /// <summary>The app without what is wrong with it, which has been reported; null without a good id, key or secret.</summary>
    public App? ReadUsable(string path, ConfigObject node)
    {
        var fields = ReadFields(path, node);
        foreach (var required in AppSchema.Required)
        {
            if (!fields.ContainsKey(required))
                problems.Error($"{path} ({node.Source}): \"{required}\" is missing; every app needs id, key and secret");
        }

        CheckName(path, node, fields, "id");
        CheckName(path, node, fields, "key");
        if (fields.GetValueOrDefault("secret") is "")
        {
            problems.Error($"{path}.secret", node.Find("secret")!, "must not be empty", isSecret: true);
            fields.Remove("secret");
        }

        var webhooks = new WebhookReader(problems).Read($"{path}.webhooks", node.Find("webhooks") as ConfigArray);
        return AppSchema.Required.All(fields.ContainsKey) ? Build(fields, webhooks) : null;
    }

    private static App Build(Dictionary<string, object> fields, IReadOnlyList<AppWebhook> webhooks)
    {
        return new App
        {
            Id = (string)fields["id"],
            Key = (string)fields["key"],
            Secret = (string)fields["secret"],
            PreviousSecret = fields.GetValueOrDefault("previous_secret") as string is { Length: > 0 } previous ? previous : null,
            Enabled = Flag("enabled", fallback: true),
            EnableClientMessages = Flag("enable_client_messages"),
            EnableUserAuthentication = Flag("enable_user_authentication", fallback: true),
            EnableAuthorizedConnections = Flag("enable_authorized_connections"),
            EnableWatchlistEvents = Flag("enable_watchlist_events"),
            EnableSubscriptionCount = Flag("enable_subscription_count"),
            RequireTls = Flag("require_tls"),
            AllowedOrigins = fields.TryGetValue("allowed_origins", out var origins) ? ParseOrigins((IReadOnlyList<string>)origins) : [],
            MaxConnections = Number("max_connections"),
            MaxClientEventsPerSecond = Number("max_client_events_per_second"),
            MaxBackendEventsPerSecond = Number("max_backend_events_per_second"),
            MaxReadRequestsPerSecond = Number("max_read_requests_per_second"),
            MaxPresenceMembersPerChannel = Number("max_presence_members_per_channel"),
            MaxPresenceMemberSizeInKb = Number("max_presence_member_size_in_kb"),
            MaxChannelNameLength = Number("max_channel_name_length"),
            MaxEventChannelsAtOnce = Number("max_event_channels_at_once"),
            MaxEventNameLength = Number("max_event_name_length"),
            MaxEventPayloadInKb = Number("max_event_payload_in_kb"),
            MaxEventBatchSize = Number("max_event_batch_size"),
            Webhooks = webhooks,
        };

        bool Flag(string name, bool fallback = false) => fields.TryGetValue(name, out var value) ? (bool)value : fallback;

        int? Number(string name) => fields.TryGetValue(name, out var value) ? (int)value : null;
    }

    private Dictionary<string, object> ReadFields(string path, ConfigObject node)
    {
        var fields = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in node.Members)
        {
            var field = AppFields.All.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (field.Name is null)
            {
                var nearest = NearestName.Find(name, AppFields.All.Select(static known => known.Name));
                problems.Warning($"unknown key \"{path}.{name}\" ({value.Source}) is ignored{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}");
                continue;
            }

            var (read, problem) = field.Type.Read(value);
            if (problem is not null)
                problems.Error($"{path}.{field.Name}", value, problem, isSecret: AppFields.Secrets.Contains(field.Name));
            else
                fields[field.Name] = read!;
        }

        return fields;
    }

    // What cannot be used is taken out.
    private void CheckName(string path, ConfigObject node, Dictionary<string, object> fields, string name)
    {
        if (!fields.TryGetValue(name, out var value))
            return;
        var text = (string)value;
        if (text.Length is 0 or > 255 || text.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
        {
            problems.Error($"{path}.{name}", node.Find(name)!, "must be 1 to 255 characters of A-Z a-z 0-9 _ - .");
            fields.Remove(name);
        }
    }

    // They have been checked.
    private static List<OriginPattern> ParseOrigins(IReadOnlyList<string> texts) =>
        [.. texts.Select(static text => OriginPattern.TryParse(text, out var pattern) ? pattern : null).OfType<OriginPattern>()];
}
