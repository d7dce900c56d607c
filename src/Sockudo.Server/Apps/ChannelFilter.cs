using System.Text.RegularExpressions;

namespace Sockudo.Server.Apps;

/// <summary>Which channels a webhook is about: all parts that are given must match, ordinally.</summary>
/// <param name="Prefix">The name begins with this; null = any.</param>
/// <param name="Suffix">The name ends with this; null = any.</param>
/// <param name="Pattern">A regular expression without backtracking, found anywhere unless anchored; null = any.</param>
public sealed record ChannelFilter(string? Prefix, string? Suffix, Regex? Pattern)
{
    /// <summary>Whether the filter lets this channel through.</summary>
    public bool Matches(string channel) =>
        (Prefix is null || channel.StartsWith(Prefix, StringComparison.Ordinal))
        && (Suffix is null || channel.EndsWith(Suffix, StringComparison.Ordinal))
        && (Pattern is null || Pattern.IsMatch(channel));
}
