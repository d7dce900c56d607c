namespace Sockudo.Server.Webhooks;

/// <summary>The latest attempts of this node to deliver webhooks, for people. Safe from any thread.</summary>
/// <param name="capacity">Entries that are kept; 0 = none.</param>
internal sealed class WebhookJournal(int capacity)
{
    private readonly Queue<WebhookOutcome> _entries = new(capacity);
    private readonly Lock _gate = new();

    /// <summary>Entries are kept at all.</summary>
    public bool IsKept => capacity > 0;

    /// <summary>The entries, the latest first.</summary>
    public IReadOnlyList<WebhookOutcome> Latest
    {
        get
        {
            lock (_gate)
                return [.. _entries.Reverse()];
        }
    }

    /// <summary>Adds an entry; the oldest makes room for it.</summary>
    public void Add(WebhookOutcome outcome)
    {
        lock (_gate)
        {
            if (_entries.Count >= capacity)
                _entries.Dequeue();
            _entries.Enqueue(outcome);
        }
    }
}
