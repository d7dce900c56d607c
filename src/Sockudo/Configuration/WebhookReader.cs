using System.Buffers;
using System.Text.RegularExpressions;
using Sockudo.Server.Apps;
using Sockudo.Server.Webhooks;

namespace Sockudo.Configuration;

/// <summary>Reads the webhooks of an app (webhooks.md 1).</summary>
internal sealed class WebhookReader(ConfigurationProblems problems)
{
    private const string DefaultRegion = "us-east-1";

    private static readonly string[] Targets = ["url", "lambda", "lambda_function"];
    private static readonly string[] Fields = [.. Targets, "event_types", "filter", "headers"];
    private static readonly string[] LambdaFields = ["function_name", "region"];
    private static readonly string[] FilterFields = ["channel_prefix", "channel_suffix", "channel_pattern"];

    // Those of the protocol, and those that say where a request ends and what becomes of its connection.
    private static readonly string[] OwnHeaders =
    [
        "Host", "Content-Length", "Content-Type", "X-Pusher-Key", "X-Pusher-Signature",
        "Connection", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Region = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>The events by name (webhooks.md 2).</summary>
    public static IReadOnlyDictionary<string, WebhookEventType> EventTypes { get; } = new Dictionary<string, WebhookEventType>(StringComparer.Ordinal)
    {
        ["channel_occupied"] = WebhookEventType.ChannelOccupied,
        ["channel_vacated"] = WebhookEventType.ChannelVacated,
        ["member_added"] = WebhookEventType.MemberAdded,
        ["member_removed"] = WebhookEventType.MemberRemoved,
        ["client_event"] = WebhookEventType.ClientEvent,
        ["cache_miss"] = WebhookEventType.CacheMiss,
        ["subscription_count"] = WebhookEventType.SubscriptionCount,
    };

    /// <summary>All entries; those with mistakes are left out after the mistakes have been reported.</summary>
    public IReadOnlyList<AppWebhook> Read(string path, ConfigArray? list)
    {
        var webhooks = new List<AppWebhook>();
        var displays = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, index) in (list?.Items ?? []).Select(static (item, index) => (item, index)))
        {
            if (item is not ConfigObject entry)
            {
                problems.Error($"{path}[{index}]", item, "must be an object with a target and event_types", isSecret: true);
                continue;
            }

            if (ReadEntry($"{path}[{index}]", entry) is not { } webhook)
                continue;
            if (displays.Add(Identity(webhook)))
                webhooks.Add(webhook);
            else
                problems.Error($"{path}[{index}] ({entry.Source}): another entry is equal in every field; remove one");
        }

        return webhooks;
    }

    private AppWebhook? ReadEntry(string path, ConfigObject entry)
    {
        var errors = problems.Errors.Count;
        WarnOfUnknown(path, entry, Fields);
        var url = ReadUrl(path, entry.Find("url"));
        var lambda = ReadLambda(path, entry);
        if (url is null && lambda is null && problems.Errors.Count == errors)
            problems.Error($"{path} ({entry.Source}): there is no target; give url, lambda or lambda_function");
        WarnOfSeveralTargets(path, entry);
        var types = ReadEventTypes(path, entry);
        var filter = ReadFilter($"{path}.filter", entry.Find("filter"));
        var headers = ReadHeaders($"{path}.headers", entry.Find("headers"));
        if (url is null && headers.Count > 0)
            problems.Warning($"{path}.headers do not apply to a Lambda target");
        return problems.Errors.Count > errors
            ? null
            : new AppWebhook { Url = url, Lambda = url is null ? lambda : null, EventTypes = types, Filter = filter, Headers = headers };
    }

    private Uri? ReadUrl(string path, ConfigNode? node)
    {
        if (node is null)
            return null;
        if (node is ConfigScalar scalar && Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        problems.Error($"{path}.url", node, "must be an absolute http or https URL", isSecret: true);
        return null;
    }

    private LambdaTarget? ReadLambda(string path, ConfigObject entry)
    {
        if (entry.Find("lambda") is { } lambda)
        {
            WarnOfUnknown($"{path}.lambda", lambda as ConfigObject, LambdaFields);
            if (lambda is ConfigObject target && target.Find("function_name") is ConfigScalar name && target.Find("region") is ConfigScalar region)
            {
                // It becomes part of a host's name.
                if (region.Text.Length == 0 || region.Text.AsSpan().ContainsAnyExcept(Region))
                    problems.Error($"{path}.lambda.region", region, "must be the name of a region, as eu-central-1");
                return new LambdaTarget(name.Text, region.Text);
            }

            problems.Error($"{path}.lambda", lambda, "must be an object with function_name and region");
            return null;
        }

        return ReadText($"{path}.lambda_function", entry.Find("lambda_function")) is { } function ? new LambdaTarget(function, DefaultRegion) : null;
    }

    private void WarnOfSeveralTargets(string path, ConfigObject entry)
    {
        var given = Targets.Where(name => entry.Find(name) is not null).ToList();
        if (given.Count > 1)
            problems.Warning($"{path} has several targets; {given[0]} is used");
    }

    private string? ReadText(string path, ConfigNode? node)
    {
        if (node is not null and not ConfigScalar)
            problems.Error(path, node, "must be a string");
        return (node as ConfigScalar)?.Text;
    }

    private List<WebhookEventType> ReadEventTypes(string path, ConfigObject entry)
    {
        var types = new List<WebhookEventType>();
        if (entry.Find("event_types") is not ConfigArray { Items.Count: > 0 } list)
        {
            problems.Error($"{path} ({entry.Source}): event_types is missing, empty or no list; list at least one of {string.Join(", ", EventTypes.Keys)}");
            return types;
        }

        foreach (var item in list.Items)
        {
            var name = (item as ConfigScalar)?.Text ?? "";
            if (EventTypes.TryGetValue(name, out var type))
            {
                types.Add(type);
                continue;
            }

            var nearest = NearestName.Find(name, EventTypes.Keys);
            problems.Error($"{path}.event_types", item, $"unknown event{(nearest is null ? $"; use one of {string.Join(", ", EventTypes.Keys)}" : $"; did you mean \"{nearest}\"?")}");
        }

        return types;
    }

    private ChannelFilter? ReadFilter(string path, ConfigNode? node)
    {
        if (node is null)
            return null;
        if (node is not ConfigObject filter)
        {
            problems.Error(path, node, "must be an object");
            return null;
        }

        WarnOfUnknown(path, filter, FilterFields);
        Regex? pattern = null;
        if (ReadText($"{path}.channel_pattern", filter.Find("channel_pattern")) is { } text)
        {
            try
            {
                pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
            {
                problems.Error($"{path}.channel_pattern", filter.Find("channel_pattern")!, $"is no regular expression without backtracking: {exception.Message}");
            }
        }

        return new ChannelFilter(
            ReadText($"{path}.channel_prefix", filter.Find("channel_prefix")), ReadText($"{path}.channel_suffix", filter.Find("channel_suffix")), pattern);
    }

    private Dictionary<string, string> ReadHeaders(string path, ConfigNode? node)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (node is null)
            return headers;
        if (node is not ConfigObject members)
        {
            problems.Error(path, node, "must be an object of strings", isSecret: true);
            return headers;
        }

        foreach (var (name, value) in members.Members)
        {
            if (OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
                problems.Error($"{path}.{name}", value, "this header is set by the server; remove it", isSecret: true);
            else if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
                problems.Error($"{path}.{name}", value, "is no name of a header", isSecret: true);
            else if (value is not ConfigScalar scalar)
                problems.Error($"{path}.{name}", value, "must be a string", isSecret: true);
            else if (scalar.Text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                problems.Error($"{path}.{name}", value, "must be printable ASCII in one line", isSecret: true);
            else
                headers[name] = scalar.Text;
        }

        return headers;
    }

    private void WarnOfUnknown(string path, ConfigObject? node, string[] known)
    {
        foreach (var (name, value) in node?.Members ?? [])
        {
            if (known.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            var nearest = NearestName.Find(name, known);
            problems.Warning($"unknown key \"{path}.{name}\" ({value.Source}) is ignored{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}");
        }
    }

    private static string Identity(AppWebhook webhook) => string.Join(
        '\n',
        webhook.Url, webhook.Lambda, string.Join(',', webhook.EventTypes.Order()),
        webhook.Filter?.Prefix, webhook.Filter?.Suffix, webhook.Filter?.Pattern,
        string.Join(',', webhook.Headers.OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase).Select(static header => $"{header.Key}:{header.Value}")));
}
