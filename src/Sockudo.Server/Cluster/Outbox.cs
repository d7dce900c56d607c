using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Cluster;

/// <summary>
/// What this node publishes, in order. While the bus works a message is handed to it at once, many of them on their way at a time. When it breaks, what it
/// has not confirmed waits, in order and bounded, and goes out again when it is back: who gets something twice knows it by its stamp. What still waits when the
/// node counts itself as cut off is given up. Safe from any thread; never waits.
/// </summary>
internal sealed partial class Outbox : IAsyncDisposable
{
    private const int MaxMessages = 100_000;
    private const long MaxBytes = 64 * 1024 * 1024;

    // How often a broken bus is looked at, in milliseconds.
    private const int LookInterval = 20;

    private readonly IClusterBus _bus;
    private readonly TimeProvider _time;
    private readonly ClusterMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, Letter> _waiting = [];
    private readonly HashSet<Letter> _underWay = [];
    private ulong _stamp;
    private int _count;
    private long _bytes;
    private bool _isBroken;
    private Task _mending = Task.CompletedTask;

    public Outbox(IClusterBus bus, TimeProvider time, ClusterMetrics metrics, ILogger logger)
    {
        _bus = bus;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Publishes a message, whatever becomes of it. False if there is no room for it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="message">Made by a <see cref="WireWriter"/>; belongs to the outbox from now on.</param>
    public bool TrySend(string topic, byte[] message) => TryAdd(new Letter(topic, message, done: null));

    /// <summary>Publishes a message; completes when the bus has it.</summary>
    /// <inheritdoc cref="TrySend" path="/param"/>
    /// <exception cref="ClusterUnavailableException">It has been given up, or there is no room for it.</exception>
    public Task SendAsync(string topic, byte[] message)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return TryAdd(new Letter(topic, message, done)) ? done.Task : throw new ClusterUnavailableException();
    }

    /// <summary>
    /// The node is cut off: gives up everything that the bus has not confirmed. Events count as lost; what nodes say of themselves does not, since they say it anew.
    /// Returns the stamp of the last message so far: what comes back up to that one comes too late.
    /// </summary>
    public ulong GiveUp()
    {
        List<Letter> given;
        ulong last;
        lock (_gate)
        {
            last = _stamp;
            given = [.. _waiting.Values, .. _underWay.Where(static letter => !letter.IsGivenUp)];
            foreach (var letter in _waiting.Values)
                Remove(letter);
            _waiting.Clear();
            foreach (var letter in _underWay)
                letter.IsGivenUp = true;
        }

        var events = given.Count(static letter => MessageHeader.KindOf(letter.Message) is MessageKind.Event or MessageKind.Terminate);
        if (events > 0)
        {
            _metrics.Lost(events);
            LogGivenUp(_logger, events);
        }

        foreach (var letter in given)
            letter.Done?.TrySetException(new ClusterUnavailableException());
        return last;
    }

    /// <summary>Completes when nothing waits or is under way any more.</summary>
    public async Task FlushedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_count == 0)
                    return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(LookInterval), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        Task mending;
        lock (_gate)
            mending = _mending;
        await mending.ConfigureAwait(false);
        _stopped.Dispose();
    }

    private bool TryAdd(Letter letter)
    {
        lock (_gate)
        {
            if (_count >= MaxMessages || _bytes + letter.Message.Length > MaxBytes)
                return false;
            _count++;
            _bytes += letter.Message.Length;
            letter.Stamp = ++_stamp;
            MessageHeader.SetStamp(letter.Message, letter.Stamp);
            if (_isBroken)
                _waiting.Add(letter.Stamp, letter);
            else
                Hand(letter);
            return true;
        }
    }

    // Under the lock, so that the bus is called in the order of the stamps.
    private void Hand(Letter letter)
    {
        _underWay.Add(letter);
        ValueTask publishing;
        try
        {
            publishing = _bus.PublishAsync(letter.Topic, letter.Message, _stopped.Token);
        }
        catch (BackendException)
        {
            Failed(letter);
            return;
        }

        _ = WaitAsync(letter, publishing);
    }

    private async Task WaitAsync(Letter letter, ValueTask publishing)
    {
        try
        {
            await publishing.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackendException or OperationCanceledException)
        {
            lock (_gate)
                Failed(letter);
            return;
        }

        lock (_gate)
            Published(letter);
    }

    private void Published(Letter letter)
    {
        _underWay.Remove(letter);
        Remove(letter);
        _metrics.MessageSent(MessageHeader.KindOf(letter.Message), letter.Message.Length);
        letter.Done?.TrySetResult();
    }

    private void Failed(Letter letter)
    {
        _underWay.Remove(letter);
        if (letter.IsGivenUp)
            Remove(letter);
        else
            _waiting.Add(letter.Stamp, letter);
        if (_isBroken || _stopped.IsCancellationRequested)
            return;
        _isBroken = true;
        _mending = MendAsync();
    }

    private void Remove(Letter letter)
    {
        _count--;
        _bytes -= letter.Message.Length;
    }

    // What comes meanwhile waits behind what has failed.
    private async Task MendAsync()
    {
        try
        {
            do
            {
                await Task.Delay(TimeSpan.FromMilliseconds(LookInterval), _time, _stopped.Token).ConfigureAwait(false);
            }
            while (!TryResume());
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private bool TryResume()
    {
        lock (_gate)
        {
            // All that is under way must have come to an end first, or something could overtake it.
            if (_underWay.Count > 0 || !_bus.IsConnected)
                return false;
            _isBroken = false;
            foreach (var letter in _waiting.Values.ToList())
            {
                if (_isBroken)
                    break;
                _waiting.Remove(letter.Stamp);
                Hand(letter);
            }

            return true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "events for other nodes are given up: the bus did not come back in time  events={Events}")]
    private static partial void LogGivenUp(ILogger logger, int events);

    private sealed class Letter(string topic, byte[] message, TaskCompletionSource? done)
    {
        public string Topic { get; } = topic;

        public byte[] Message { get; } = message;

        public TaskCompletionSource? Done { get; } = done;

        public ulong Stamp { get; set; }

        /// <summary>Nobody waits for it any more.</summary>
        public bool IsGivenUp { get; set; }
    }
}
