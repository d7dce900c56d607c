namespace Sockudo.Server.Inspection;

/// <summary>
/// Finds one page of a list that comes in no order: remembers no more entries than the page has, however many there are. Not thread-safe.
/// </summary>
/// <param name="limit">Entries of a page, at least one.</param>
/// <param name="order">The order of the list.</param>
internal sealed class PageBuilder<T>(int limit, IComparer<T> order)
{
    // The last of them in front, to be replaced by an earlier one.
    private readonly PriorityQueue<T, T> _kept = new(Comparer<T>.Create((a, b) => order.Compare(b, a)));
    private int _total;
    private bool _hasMore;

    /// <summary>One entry of the list.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="isOnEarlierPage">It counts, but has been shown.</param>
    public void Add(T entry, bool isOnEarlierPage)
    {
        _total++;
        if (isOnEarlierPage)
            return;
        if (_kept.Count < limit)
        {
            _kept.Enqueue(entry, entry);
            return;
        }

        _hasMore = true;
        _kept.EnqueueDequeue(entry, entry);
    }

    /// <summary>The page, of the entries that were added.</summary>
    public Page<T> Build()
    {
        var items = new T[_kept.Count];
        for (var i = items.Length - 1; i >= 0; i--)
            items[i] = _kept.Dequeue();
        return new Page<T>(items, _total, _hasMore);
    }
}
