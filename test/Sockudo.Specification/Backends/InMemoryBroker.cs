using Sockudo.Server.Backends;

namespace Sockudo.Specification.Backends;

/// <summary>
/// A broker within the process, for as many buses as want to connect. It can be taken down, cut nodes off, and lose, repeat and delay messages at random, by a
/// seed. By itself it delivers at once, on a thread of its own; a simulation delivers by <see cref="DeliverDue"/>, and everything depends on the seed alone.
/// Delays keep the order of what one bus publishes on one topic.
/// </summary>
/// <param name="faults">What goes wrong; null = nothing.</param>
/// <param name="isManual">Nothing is delivered but by <see cref="DeliverDue"/>.</param>
public sealed class InMemoryBroker(InMemoryFaults? faults = null, bool isManual = false) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(faults?.Seed ?? 0);
    private readonly List<InMemoryBus> _buses = [];
    private readonly PriorityQueue<Delivery, (long Due, long Order)> _deliveries = new();
    private readonly Dictionary<(InMemoryBus From, InMemoryBus To, string Topic), long> _last = [];
    private readonly SemaphoreSlim _due = new(0);
    private readonly CancellationTokenSource _stopped = new();
    private Task? _delivering;
    private long _now;
    private long _order;
    private bool _isDown;

    /// <summary>Nothing goes wrong from now on.</summary>
    public bool IsPerfect { get; set; } = faults is null;

    /// <summary>The broker is down for everybody; what is on its way is lost.</summary>
    public bool IsDown
    {
        get => _isDown;
        set
        {
            lock (_gate)
            {
                _isDown = value;
                if (!value)
                    return;
                _deliveries.Clear();
                _buses.ForEach(static bus => bus.LoseWhatWaits());
            }
        }
    }

    /// <summary>Another participant.</summary>
    public InMemoryBus CreateBus()
    {
        var bus = new InMemoryBus(this);
        lock (_gate)
            _buses.Add(bus);
        if (!isManual)
            _delivering ??= Task.Run(DeliverAsync);
        return bus;
    }

    /// <summary>Delivers what is due, on this thread.</summary>
    /// <param name="now">Milliseconds, from any origin; never less than the last time.</param>
    public void DeliverDue(long now)
    {
        _now = now;
        while (TryTake(out var delivery))
        {
            if (delivery.To.IsSilent)
                delivery.To.Unheard.Enqueue((delivery.From, delivery.Topic, delivery.Message));
            else
                delivery.To.Deliver(delivery.Topic, delivery.Message);
        }
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _due.Release();
    }

    internal bool IsReachable(InMemoryBus bus) => !_isDown && !bus.IsCutOff;

    internal void Remove(InMemoryBus bus)
    {
        lock (_gate)
            _buses.Remove(bus);
    }

    internal void Publish(InMemoryBus from, string topic, ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (from.IsSilent)
            {
                // Who publishes does not notice.
                if (IsReachable(from))
                    from.Unsaid.Enqueue((topic, message.ToArray()));
                return;
            }

            if (!IsReachable(from))
                throw new BackendException("the broker is not there");
            var bytes = message.ToArray();
            foreach (var to in _buses.Where(bus => bus.IsSubscribed(topic)))
            {
                // A connection that is cut off does not get what was published meanwhile.
                if (!IsReachable(to) || Happens(faults?.Drop))
                    continue;
                Enqueue(from, to, topic, bytes);
                if (Happens(faults?.Repeat))
                    Enqueue(from, to, topic, bytes);
            }
        }

        if (!isManual)
            _due.Release();
    }

    internal void GoOn(InMemoryBus bus)
    {
        lock (_gate)
        {
            while (bus.Unheard.TryDequeue(out var unheard))
                Enqueue(unheard.From, bus, unheard.Topic, unheard.Message);
        }

        while (bus.Unsaid.TryDequeue(out var unsaid))
            Publish(bus, unsaid.Topic, unsaid.Message);
    }

    private void Enqueue(InMemoryBus from, InMemoryBus to, string topic, byte[] bytes)
    {
        var due = _now + (IsPerfect ? 0 : _random.Next(faults!.MaxDelayMs + 1));
        var key = (from, to, topic);
        if (_last.TryGetValue(key, out var last))
            due = Math.Max(due, last);
        _last[key] = due;
        _deliveries.Enqueue(new Delivery(from, to, topic, bytes), (due, _order++));
    }

    private bool Happens(double? probability) => !IsPerfect && probability is > 0 and var p && _random.NextDouble() < p;

    private bool TryTake(out Delivery delivery)
    {
        lock (_gate)
        {
            if (_deliveries.TryPeek(out delivery, out var priority) && (!isManual || priority.Due <= _now))
            {
                _deliveries.Dequeue();
                return true;
            }

            return false;
        }
    }

    private async Task DeliverAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            await _due.WaitAsync();
            DeliverDue(_now);
        }
    }

    private readonly record struct Delivery(InMemoryBus From, InMemoryBus To, string Topic, byte[] Message);
}
