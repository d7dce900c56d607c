namespace Sockudo.Server.Connections;

/// <summary>
/// All connections of this node, for whoever must walk over them: the heartbeat, a graceful stop, gauges. Striped so that
/// storms of connects do not meet at one lock.
/// </summary>
internal sealed class ConnectionRegistry
{
    /// <summary>Stripes, each a walk of its own.</summary>
    public const int Stripes = 64;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new Stripe())];
    private int _next;
    private int _count;
    private int _reserved;

    /// <summary>Bytes queued for all of them.</summary>
    public long PendingBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var stripe in _stripes)
            {
                lock (stripe.Gate)
                {
                    foreach (var connection in stripe.Connections)
                        bytes += connection.PendingBytes;
                }
            }

            return bytes;
        }
    }

    /// <summary>Connections of all apps, refused ones that are still saying goodbye included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Takes one of the node's places for an admitted connection; false if all are taken. Exact under concurrent connects.
    /// </summary>
    /// <param name="limit">Places of the node; 0 = no limit.</param>
    public bool TryReserve(int limit)
    {
        if (Interlocked.Increment(ref _reserved) <= limit || limit <= 0)
            return true;
        Interlocked.Decrement(ref _reserved);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Release() => Interlocked.Decrement(ref _reserved);

    public void Add(Connection connection)
    {
        var index = (int)((uint)Interlocked.Increment(ref _next) % Stripes);
        Interlocked.Increment(ref _count);
        var stripe = _stripes[index];
        lock (stripe.Gate)
        {
            connection.RegistryStripe = (byte)index;
            connection.RegistryIndex = stripe.Connections.Count;
            stripe.Connections.Add(connection);
        }
    }

    public void Remove(Connection connection)
    {
        var stripe = _stripes[connection.RegistryStripe];
        lock (stripe.Gate)
        {
            var last = stripe.Connections[^1];
            stripe.Connections[connection.RegistryIndex] = last;
            last.RegistryIndex = connection.RegistryIndex;
            stripe.Connections.RemoveAt(stripe.Connections.Count - 1);
        }

        Interlocked.Decrement(ref _count);
    }

    /// <summary>Copies one stripe into <paramref name="connections"/>, which is emptied first.</summary>
    public void CopyStripe(int index, List<Connection> connections)
    {
        connections.Clear();
        var stripe = _stripes[index];
        lock (stripe.Gate)
            connections.AddRange(stripe.Connections);
    }

    /// <summary>All connections of this moment.</summary>
    public List<Connection> ToList()
    {
        var all = new List<Connection>(Count);
        var stripe = new List<Connection>();
        for (var index = 0; index < Stripes; index++)
        {
            CopyStripe(index, stripe);
            all.AddRange(stripe);
        }

        return all;
    }

    private sealed class Stripe
    {
        public Lock Gate { get; } = new();

        public List<Connection> Connections { get; } = [];
    }
}
