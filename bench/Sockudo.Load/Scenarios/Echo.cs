using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>Client events within pairs: a message leaves when an earlier one of the same speaker has been heard.</summary>
internal sealed class Echo : IScenario, IMessageSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly LoadSession _session;
    private readonly EchoShape _shape;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly DeliveryTally _tally = new();

    // By the listener's number.
    private readonly EchoSpeaker?[] _speakers;
    private readonly List<EchoSpeaker> _due = [];

    public Echo(LoadSession session, EchoShape shape)
    {
        (_session, _shape) = (session, shape);
        _pool = new ConnectionPool(session, _loop, this);
        _pool.Open(2 * shape.Pairs);
        _pool.Subscribe(static index => EchoSpeaker.Channel(index / 2));
        _speakers = new EchoSpeaker?[2 * shape.Pairs];
        for (var listener = 0; listener < _speakers.Length; listener++)
        {
            if (shape.BothWays || listener % 2 == 1)
                _speakers[listener] = new EchoSpeaker(_pool.Connections[listener ^ 1], listener / 2, shape);
        }
    }

    public RoundResult Run(TimeSpan duration)
    {
        _tally.Reset();
        var meter = new RoundMeter(_session.Meter);
        var started = Stopwatch.GetTimestamp();
        foreach (var speaker in _speakers)
            _tally.Expected += speaker?.Speak(_shape.Window) ?? 0;
        var hears = true;
        while (hears && Stopwatch.GetElapsedTime(started) < duration)
        {
            hears = _loop.Poll((int)Patience.TotalMilliseconds);
            Answer();
        }

        WaitForAll();
        meter.Stop();

        var result = new RoundResult();
        meter.AddRate(result, "messages", _tally.Delivered);
        meter.AddCpuPer(result, "message", _tally.Delivered);
        meter.AddLoad(result);
        _tally.AddTo(result);
        return result;
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        if (kind != MessageKind.Load)
            return;
        _tally.Record(connection, payload);
        var speaker = _speakers[connection.Tag]!;
        if (speaker.Heard++ == 0)
            _due.Add(speaker);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _loop.Dispose();
    }

    // Everybody of whom something was heard says as much again, in one send.
    private void Answer()
    {
        foreach (var speaker in _due)
            _tally.Expected += speaker.Speak(speaker.Heard);
        _due.Clear();
    }

    private void WaitForAll()
    {
        while (!_tally.IsComplete && _loop.Poll((int)Patience.TotalMilliseconds))
        {
            // Until nothing comes any more.
        }

        _due.ForEach(static speaker => speaker.Heard = 0);
        _due.Clear();
    }
}
