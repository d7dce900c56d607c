using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>Signed events to nobody or to a few: what a publish costs by itself.</summary>
internal sealed class Publish : IScenario, IMessageSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerUnderLoad _server;
    private readonly PublishShape _shape;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly Publisher[] _publishers;
    private LatencyHistogram _latency = new();
    private long _delivered;
    private long _misplaced;

    public Publish(ServerUnderLoad server, PublishShape shape)
    {
        (_server, _shape) = (server, shape);
        _pool = new ConnectionPool(server, _loop, this);
        _pool.Open(shape.Connections * shape.Subscribers);
        _pool.Subscribe(index => Channel(index % shape.Connections));
        _publishers = [.. Enumerable.Range(0, shape.Connections).Select(index => new Publisher(server.Target, _loop, Channel(index), shape, Record))];
    }

    public RoundResult Run(TimeSpan duration)
    {
        _latency = new LatencyHistogram();
        _delivered = _misplaced = 0;
        var meter = new RoundMeter(_server.Meter);
        if (_shape.Rate is { } rate)
            PublishAtRate(rate, duration);
        else
            PublishPipelined(duration);
        var sent = WaitForAll();
        meter.Stop();
        return ToResult(meter, sent);
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        if (kind != MessageKind.Load)
            return;
        var (sequence, _) = MessageStamp.Read(payload);
        _delivered++;
        if (sequence != connection.NextSequence)
            _misplaced++;
        connection.NextSequence = (sequence + 1) % _publishers[0].Events;
    }

    public void Dispose()
    {
        foreach (var publisher in _publishers)
            publisher.Dispose();
        _pool.Dispose();
        _loop.Dispose();
    }

    private static string Channel(int connection) => $"publish-{connection}";

    private void PublishPipelined(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            foreach (var publisher in _publishers)
                publisher.Fill();
            _loop.Poll(1000);
        }
    }

    private void PublishAtRate(double rate, TimeSpan duration)
    {
        var timer = new Schedule(rate, duration);
        while (!timer.IsOver)
        {
            while (timer.TryTake(out var due))
                _publishers[timer.Taken % _publishers.Length].SendOne(due);
            _loop.Poll(timer.MillisecondsToWait);
        }
    }

    private void Record(long microseconds) => _latency.Record(microseconds);

    private RoundResult ToResult(RoundMeter meter, long sent)
    {
        var result = new RoundResult();
        meter.AddRate(result, "requests", sent);
        if (_shape.Batch > 1)
            meter.AddRate(result, "events", sent * _shape.Batch);
        meter.AddCpuPer(result, "request", sent);
        if (_shape.Batch > 1)
            meter.AddCpuPer(result, "event", sent * _shape.Batch);
        meter.AddLoad(result);
        result.AddLatency("answer", _latency);
        result.AddFault("lost", (sent * _shape.Batch * _shape.Subscribers) - _delivered);
        result.AddFault("out of order or doubled", _misplaced);
        return result;
    }

    private long WaitForAll()
    {
        var sent = _publishers.Sum(static publisher => publisher.TakeSent());
        var quiet = Stopwatch.GetTimestamp();
        while ((_delivered < sent * _shape.Batch * _shape.Subscribers || _publishers.Any(static publisher => publisher.Unanswered > 0))
            && Stopwatch.GetElapsedTime(quiet) < Patience)
        {
            if (_loop.Poll(200))
                quiet = Stopwatch.GetTimestamp();
        }

        return sent;
    }
}
