using System.Diagnostics;
using System.Globalization;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Subscribers on one or several channels, and one publisher that keeps a window of messages in flight. A window of one: the
/// next message leaves when every subscriber has the last one. Every message carries a number and the time it left, so that
/// losses, duplicates, order and latency are all seen.
/// </summary>
internal sealed class FanOut : IDisposable
{
    private static readonly long Started = Stopwatch.GetTimestamp();

    private readonly ConnectionPool _pool;
    private readonly List<string> _channels;
    private readonly int _payloadBytes;
    private readonly HttpPublisher? _publisher;
    private readonly LoadConnection? _sender;
    private LatencyHistogram _latency = new();
    private long _sequence;
    private long _delivered;
    private long _duplicates;
    private long _outOfOrder;

    /// <param name="target">The server.</param>
    /// <param name="subscribers">Connections.</param>
    /// <param name="channels">Channels that they are spread over; every message goes to all of them.</param>
    /// <param name="payloadBytes">Length of an event's data.</param>
    /// <param name="sources">Loopback addresses to connect from; 0 = whatever the system chooses.</param>
    /// <param name="clientEvents">Publish by client events instead of through the HTTP API.</param>
    public FanOut(LoadTarget target, int subscribers, int channels, int payloadBytes, int sources, bool clientEvents)
    {
        var prefix = clientEvents ? "private-load" : "load";
        _channels = [.. Enumerable.Range(0, channels).Select(index => $"{prefix}-{index}")];
        _payloadBytes = payloadBytes;
        _pool = new ConnectionPool(target, sources) { OnMessage = OnMessage };
        ConnectTime = _pool.Open(subscribers);
        _pool.Subscribe(_channels);
        if (clientEvents)
        {
            // One more connection that speaks: it hears nothing of its own (CE-4).
            var speakers = new ConnectionPool(target, sources);
            speakers.Open(1);
            _sender = speakers.Connections[0];
            _channels.ForEach(channel => _sender.Subscribe(target, channel));
            speakers.WaitUntil(() => _sender.Subscriptions == _channels.Count, "subscriptions");
        }
        else
        {
            _publisher = new HttpPublisher(target);
        }
    }

    /// <summary>How long opening all connections took.</summary>
    public TimeSpan ConnectTime { get; }

    /// <summary>Publishes for a time and reports.</summary>
    /// <param name="window">Messages in flight.</param>
    /// <param name="duration">How long.</param>
    /// <param name="meter">Meters the server; null if it is not on this machine.</param>
    public FanOutResult Run(int window, TimeSpan duration, ProcessMeter? meter)
    {
        _latency = new LatencyHistogram();
        _delivered = _duplicates = _outOfOrder = 0;
        var published = 0L;
        var cpu = meter?.CpuTime ?? TimeSpan.Zero;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            Publish(window);
            published += window;
            WaitFor(published * _pool.Connections.Count);
            _publisher?.ReadAnswers();
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var used = meter is null ? (TimeSpan?)null : meter.CpuTime - cpu;
        return new FanOutResult
        {
            Subscribers = _pool.Connections.Count,
            Window = window,
            Deliveries = _delivered,
            DeliveriesPerSecond = _delivered / elapsed.TotalSeconds,
            CpuPerDelivery = used?.TotalMicroseconds / _delivered,
            P50Microseconds = _latency.Percentile(0.5),
            P95Microseconds = _latency.Percentile(0.95),
            P99Microseconds = _latency.Percentile(0.99),
            MaxMicroseconds = _latency.Max,
            Lost = (published * _pool.Connections.Count) - _delivered,
            Duplicates = _duplicates,
            OutOfOrder = _outOfOrder,
        };
    }

    public void Dispose()
    {
        _pool.Dispose();
        _publisher?.Dispose();
        _sender?.Dispose();
    }

    private static long Now => (long)Stopwatch.GetElapsedTime(Started).TotalMicroseconds;

    private void Publish(int window)
    {
        var bodies = new List<string>(window);
        for (var i = 0; i < window; i++)
        {
            var data = string.Create(CultureInfo.InvariantCulture, $"{_sequence++}:{Now}:").PadRight(_payloadBytes, 'x');
            if (_sender is null)
                bodies.Add($"{{\"name\":\"load\",\"data\":\"{data}\",\"channels\":[{string.Join(',', _channels.Select(static channel => $"\"{channel}\""))}]}}");
            else
                _channels.ForEach(channel => _sender.Send($"{{\"event\":\"client-load\",\"channel\":\"{channel}\",\"data\":\"{data}\"}}"));
        }

        _publisher?.Send(bodies);
    }

    private void WaitFor(long deliveries)
    {
        var quiet = Stopwatch.GetTimestamp();
        while (_delivered < deliveries)
        {
            if (_pool.Poll(200))
                quiet = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(quiet) > TimeSpan.FromSeconds(5))
                return; // counted as lost
        }
    }

    private void OnMessage(LoadConnection connection, ReadOnlySpan<byte> payload)
    {
        var data = payload[(payload.IndexOf("\"data\":\""u8) + 8)..];
        _ = System.Buffers.Text.Utf8Parser.TryParse(data, out long sequence, out var length);
        _ = System.Buffers.Text.Utf8Parser.TryParse(data[(length + 1)..], out long sent, out _);
        if (sequence == connection.NextSequence)
        {
            connection.NextSequence++;
            _delivered++;
        }
        else if (sequence < connection.NextSequence)
        {
            _duplicates++;
        }
        else
        {
            _outOfOrder++;
            _delivered++;
            connection.NextSequence = sequence + 1;
        }

        _latency.Record(Now - sent);
    }
}
