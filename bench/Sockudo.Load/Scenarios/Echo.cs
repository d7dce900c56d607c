using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>Client events within pairs: a message leaves when an earlier one of the same speaker has been heard.</summary>
internal sealed class Echo : IScenario, IMessageSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerUnderLoad _server;
    private readonly EchoShape _shape;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly DeliveryTally _tally = new();

    // By the listener's number.
    private readonly EchoSpeaker?[] _speakerOf;
    private readonly EchoSpeaker[] _speakers;
    private readonly List<EchoSpeaker> _due = [];

    public Echo(ServerUnderLoad server, EchoShape shape)
    {
        (_server, _shape) = (server, shape);
        _pool = new ConnectionPool(server, _loop, this);
        _pool.Open(2 * shape.Pairs);
        _pool.Subscribe(static index => EchoSpeaker.Channel(index / 2));
        _speakerOf = new EchoSpeaker?[2 * shape.Pairs];
        for (var listener = 0; listener < _speakerOf.Length; listener++)
        {
            if (shape.BothWays || listener % 2 == 1)
                _speakerOf[listener] = new EchoSpeaker(_pool.Connections[listener ^ 1], listener / 2, shape);
        }

        _speakers = [.. _speakerOf.OfType<EchoSpeaker>()];
    }

    public RoundResult Run(TimeSpan duration)
    {
        _tally.Reset();
        var meter = new RoundMeter(_server.Meter);
        if (_shape.Rate is { } rate)
            SpeakAtRate(rate, duration);
        else
            SpeakInWindows(duration);
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
        var speaker = _speakerOf[connection.Tag]!;
        if (_shape.Rate is null && speaker.Heard++ == 0)
            _due.Add(speaker);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _loop.Dispose();
    }

    private void SpeakInWindows(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var speaker in _speakers)
            _tally.Expected += speaker.Speak(_shape.Window, MessageStamp.Now);
        while (Stopwatch.GetElapsedTime(started) < duration && _loop.Poll((int)Patience.TotalMilliseconds))
            Answer();
    }

    private void SpeakAtRate(double rate, TimeSpan duration)
    {
        var timer = new Schedule(rate, duration);
        while (!timer.IsOver)
        {
            while (timer.TryTake(out var due))
                _tally.Expected += _speakers[timer.Taken % _speakers.Length].Speak(1, due);
            _loop.Poll(timer.MillisecondsToWait);
        }
    }

    // Everybody of whom something was heard says as much again, in one send.
    private void Answer()
    {
        foreach (var speaker in _due)
            _tally.Expected += speaker.Speak(speaker.Heard, MessageStamp.Now);
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
