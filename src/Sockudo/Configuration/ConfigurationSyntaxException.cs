namespace Sockudo.Configuration;

/// <summary>A text that cannot be read as JSON or TOML.</summary>
/// <param name="problems">What is wrong, each with file, line and column. What is quoted of the text may have line breaks.</param>
internal sealed class ConfigurationSyntaxException(params IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
