namespace Sockudo.Configuration;

/// <summary>A file that cannot be read as JSON or TOML; the message names file, line and column.</summary>
internal sealed class ConfigurationSyntaxException(string message) : Exception(message);
