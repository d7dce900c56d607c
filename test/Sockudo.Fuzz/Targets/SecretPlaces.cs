using Sockudo.Configuration;

namespace Sockudo.Fuzz.Targets;

/// <summary>Where a configuration has a certain word, and so whether it may be shown: what is a secret by docs/configuration.md never is.</summary>
internal static class SecretPlaces
{
    /// <summary>The word.</summary>
    public const string Word = "hunter2";

    private const string Apps = "app_manager.array.apps";
    private const string Webhooks = $"{Apps}.webhooks";

    private static readonly string[] Hidden = [$"{Apps}.secret", $"{Apps}.previous_secret", $"{Webhooks}.headers"];

    /// <summary>Whether a file has it where it may be shown.</summary>
    public static bool MayBeShown(ConfigNode node, string path = "") => node switch
    {
        ConfigObject section => section.Members.Any(member => member.Key.Contains(Word, StringComparison.Ordinal) || MayBeShown(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
        ConfigArray list => list.Items.Any(item => MayBeShown(item, path)),
        ConfigScalar scalar => scalar.Text.Contains(Word, StringComparison.Ordinal) && !IsSecret(path, scalar.Text),
        _ => false,
    };

    /// <summary>Whether a <c>.env</c> has it where it may be shown.</summary>
    public static bool MayBeShown(string dotEnv)
    {
        // What refers to another variable may show that one.
        if (dotEnv.Contains("${", StringComparison.Ordinal))
            return true;
        foreach (var line in dotEnv.EnumerateLines())
        {
            if (!line.Contains(Word, StringComparison.Ordinal) || line.Trim() is not [not '#', ..] text || text.IndexOf('=') is not (> 0 and var equals))
                continue;
            var name = text[..equals].ToString().Replace("export", "", StringComparison.Ordinal).Trim();
            var value = text[(equals + 1)..].ToString();
            if (name is "SOCKUDO_DEFAULT_APP_SECRET" or "SOCKUDO_DEFAULT_APP_PREVIOUS_SECRET")
                continue;
            var path = name == "DATABASE_URL" ? "database.redis.url" : ConfigurationKeys.All.FirstOrDefault(key => key.Variables.Contains(name))?.Path;
            if (path is null || !IsSecret(path, value))
                return true;
        }

        return false;
    }

    private static bool IsSecret(string path, string text)
    {
        // An app or a webhook that is no object may be one on a line.
        if (Is(path, Apps) || Is(path, Webhooks) || Hidden.Any(hidden => Is(path, hidden) || IsWithin(path, hidden)))
            return true;
        if (ConfigurationKeys.All.Any(key => key.IsSecret && (IsWithin(key.Path, path) || ((Is(key.Path, path) || IsWithin(path, key.Path)) && key.Type == KeyType.Text))))
            return true;
        var isAddress = Is(path, $"{Webhooks}.url") || ConfigurationKeys.All.Any(key => Is(key.Path, path) && (key.IsSecret || key.Type.IsUrl || text.Contains("://", StringComparison.Ordinal)));
        return isAddress && text.IndexOf("://", StringComparison.Ordinal) < text.IndexOf(Word, StringComparison.Ordinal)
            && text.LastIndexOf(Word, StringComparison.Ordinal) < text.LastIndexOf('@');
    }

    private static bool Is(string path, string other) => path.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static bool IsWithin(string path, string section) => path.StartsWith(section + ".", StringComparison.OrdinalIgnoreCase);
}
