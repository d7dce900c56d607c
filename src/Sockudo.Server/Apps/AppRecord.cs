namespace Sockudo.Server.Apps;

/// <summary>
/// An app as a database holds it: the fields of <see cref="AppSchema"/> by name, all of them as text (flags <c>1</c> or <c>0</c>, numbers in digits, lists as JSON),
/// so that a database needs to know nothing of apps. A field that is missing or null is absent.
/// </summary>
public sealed class AppRecord() : Dictionary<string, string?>(StringComparer.Ordinal)
{
    /// <summary>The value of a field; null if it is absent.</summary>
    public string? Find(string field) => GetValueOrDefault(field);

    private string? GetValueOrDefault(string field) => TryGetValue(field, out var value) ? value : null;
}
