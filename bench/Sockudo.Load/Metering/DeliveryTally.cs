using Sockudo.Load.Engine;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Metering;

/// <summary>Counts what arrives, by the stamps of the messages: on every connection their numbers must follow each other.</summary>
internal sealed class DeliveryTally
{
    private LatencyHistogram _latency = new();
    private long _duplicates;
    private long _outOfOrder;

    /// <summary>Messages received for the first time.</summary>
    public long Delivered { get; private set; }

    /// <summary>Messages that are to be received.</summary>
    public long Expected { get; set; }

    /// <summary>Everything that is under way has arrived.</summary>
    public bool IsComplete => Delivered >= Expected;

    /// <summary>Begins a round.</summary>
    public void Reset()
    {
        _latency = new LatencyHistogram();
        Delivered = Expected = _duplicates = _outOfOrder = 0;
    }

    /// <summary>Counts a message of the load; its latency runs from the time it was due.</summary>
    public void Record(LoadConnection connection, ReadOnlySpan<byte> message)
    {
        var (sequence, due) = MessageStamp.Read(message);
        Record(connection, sequence);
        _latency.Record(MessageStamp.Now - due);
    }

    /// <summary>Adds latencies, and the faults: lost, doubled, out of order.</summary>
    public void AddTo(RoundResult result)
    {
        result.AddLatency("latency", _latency);
        result.AddFault("lost", Math.Max(0, Expected - Delivered));
        result.AddFault("duplicates", _duplicates);
        result.AddFault("out of order", _outOfOrder);
    }

    private void Record(LoadConnection connection, long sequence)
    {
        if (sequence < connection.NextSequence)
        {
            _duplicates++;
            return;
        }

        if (sequence > connection.NextSequence)
            _outOfOrder++;
        Delivered++;
        connection.NextSequence = sequence + 1;
    }
}
