using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>A configuration as it was read.</summary>
/// <param name="Options">The options; usable only without <paramref name="Errors"/>.</param>
/// <param name="Effective">The value in force of every key, by path.</param>
/// <param name="File">The file that was read; null for none.</param>
/// <param name="DotEnv">What <c>.env</c> sets beside the environment; null if there is no such file.</param>
/// <param name="Errors">All mistakes, one line each.</param>
/// <param name="Warnings">All warnings, one line each.</param>
internal sealed record ConfigurationResult(
    SockudoOptions Options,
    IReadOnlyDictionary<string, object?> Effective,
    string? File,
    IReadOnlyDictionary<string, string>? DotEnv,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings);
