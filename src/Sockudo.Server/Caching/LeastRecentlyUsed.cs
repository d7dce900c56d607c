using System.Diagnostics.CodeAnalysis;

namespace Sockudo.Server.Caching;

/// <summary>A dictionary of bounded size: what has not been used for longest goes first. Not safe from several threads.</summary>
/// <param name="capacity">Entries it holds at most.</param>
internal sealed class LeastRecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _entries = [];

    // Most recently used first.
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _usage = [];

    public int Count => _entries.Count;

    /// <summary>All entries, the most recently used first.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Entries => _usage;

    /// <summary>Finds an entry, which is used thereby.</summary>
    public bool TryUse(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            value = default;
            return false;
        }

        _usage.Remove(node);
        _usage.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    /// <summary>Adds or replaces an entry. Returns what had to go for it, if anything.</summary>
    public KeyValuePair<TKey, TValue>? Set(TKey key, TValue value)
    {
        Remove(key);
        _entries[key] = _usage.AddFirst(new KeyValuePair<TKey, TValue>(key, value));
        if (_entries.Count <= capacity)
            return null;
        var last = _usage.Last!.Value;
        Remove(last.Key);
        return last;
    }

    public bool Remove(TKey key)
    {
        if (!_entries.Remove(key, out var node))
            return false;
        _usage.Remove(node);
        return true;
    }

    /// <summary>Removes all entries of which that is true.</summary>
    public void RemoveAll(Func<TValue, bool> condition)
    {
        for (var node = _usage.First; node is not null;)
        {
            var next = node.Next;
            if (condition(node.Value.Value))
                Remove(node.Value.Key);
            node = next;
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _usage.Clear();
    }
}
