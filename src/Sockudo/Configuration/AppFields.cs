using Sockudo.Server.Apps;

namespace Sockudo.Configuration;

/// <summary>The fields of an app and the variables that set those of the default app (configuration.md 4.1).</summary>
internal static class AppFields
{
    private const string Prefix = "SOCKUDO_DEFAULT_APP_";

    /// <summary>Field, type; in the order of the documentation.</summary>
    public static IReadOnlyList<(string Name, KeyType Type)> All { get; } = [.. AppSchema.Fields.Select(static field => (field.Name, TypeOf(field.Name, field.Kind)))];

    /// <summary>Every variable of the default app, <c>_FILE</c> included.</summary>
    public static IReadOnlyList<string> Variables { get; } =
        [.. All.SelectMany(static field => VariablesOf(field.Name)), .. Secrets.Select(static field => Prefix + field.ToUpperInvariant() + "_FILE")];

    /// <summary>The fields that are never shown.</summary>
    public static IReadOnlyList<string> Secrets => ["secret", "previous_secret"];

    /// <summary>The variables of a field, the first that is set wins.</summary>
    public static IReadOnlyList<string> VariablesOf(string field) => field == "enable_client_messages"
        ? ["SOCKUDO_ENABLE_CLIENT_MESSAGES", Prefix + "ENABLE_CLIENT_MESSAGES"]
        : [Prefix + field.ToUpperInvariant()];

    private static KeyType TypeOf(string name, AppFieldKind kind) => (name, kind) switch
    {
        ("allowed_origins", _) => KeyType.Origins,
        ("webhooks", _) => KeyType.Webhooks,
        (_, AppFieldKind.Flag) => KeyType.Boolean,
        (_, AppFieldKind.Number) => KeyType.Limit,
        _ => KeyType.Text,
    };
}
