namespace Sockudo.Configuration;

/// <summary>The values that were given, after precedence, and what became of every key.</summary>
internal sealed class ResolvedValues
{
    private readonly Dictionary<string, (object Value, ConfigNode Node)> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, object?> _effective = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The value in force of every key that was asked for.</summary>
    public IReadOnlyDictionary<string, object?> Effective => _effective;

    public void Set(string path, object value, ConfigNode node) => _given[path] = (value, node);

    public void Remove(string path) => _given.Remove(path);

    /// <summary>What was written for a key; null if nothing was.</summary>
    public ConfigNode? NodeOf(string path) => _given.TryGetValue(path, out var given) ? given.Node : null;

    /// <summary>The value of a key, or its default.</summary>
    public T Or<T>(string path, T fallback)
    {
        var value = _given.TryGetValue(path, out var given) ? (T)given.Value : fallback;
        _effective[path] = value;
        return value;
    }
}
