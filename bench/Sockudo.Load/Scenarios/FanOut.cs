using System.Buffers;
using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>Channels with subscribers, and one publisher that sends every message to a channel chosen at random.</summary>
internal sealed class FanOut : IScenario, IMessageSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServerUnderLoad _server;
    private readonly FanOutShape _shape;
    private readonly Pace _pace;
    private readonly EventLoop _loop;
    private readonly ConnectionPool _pool;
    private readonly ApiConnection[] _apis;
    private readonly Publication[] _channels;
    private readonly DeliveryTally _tally = new();
    private readonly ArrayBufferWriter<byte> _requests = new();

    // The same channels in every run.
    private readonly Random _random = new(1);

    /// <param name="server">The server.</param>
    /// <param name="loop">Where it all happens; disposed of together with this.</param>
    /// <param name="shape">Channels and subscribers.</param>
    /// <param name="pace">How fast to publish.</param>
    public FanOut(ServerUnderLoad server, EventLoop loop, FanOutShape shape, Pace pace)
    {
        (_server, _loop, _shape, _pace) = (server, loop, shape, pace);
        _pool = new ConnectionPool(server, _loop, this);
        _pool.Open(shape.Channels * shape.Subscribers);
        _pool.Subscribe(index => FanOutShape.Channel(index % shape.Channels));
        _channels = [.. Enumerable.Range(0, shape.Channels).Select(index => new Publication(server.Target, FanOutShape.Channel(index), shape.PayloadBytes))];
        _apis = [.. Enumerable.Range(0, shape.Publishers).Select(index => new ApiConnection(server.TargetFor(index), _loop))];
    }

    /// <summary>Called between messages at a fixed rate, for what else is going on.</summary>
    public Action Meanwhile { get; init; } = static () => { };

    public RoundResult Run(TimeSpan duration)
    {
        _tally.Reset();
        var meter = new RoundMeter(_server.Meter);
        if (_pace.Rate is { } rate)
            PublishAtRate(rate, duration);
        else
            PublishInWindows(duration);
        WaitForAll();
        meter.Stop();

        var result = new RoundResult();
        meter.AddRate(result, "deliveries", _tally.Delivered);
        meter.AddRate(result, "publishes", _tally.Expected / _shape.Subscribers);
        meter.AddCpuPer(result, "delivery", _tally.Delivered);
        meter.AddCpuPer(result, "publish", _tally.Expected / _shape.Subscribers);
        meter.AddLoad(result);
        _tally.AddTo(result);
        return result;
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        if (kind == MessageKind.Load)
            _tally.Record(connection, payload);
    }

    public void Dispose()
    {
        _pool.Dispose();
        foreach (var api in _apis)
            api.Dispose();
        _loop.Dispose();
    }

    private void PublishInWindows(TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            var now = MessageStamp.Now;
            if (_apis.Length > 1)
            {
                for (var i = 0; i < _pace.Window; i++)
                    SendNext(now);
                continue;
            }

            // All in one go, so that they are there together.
            for (var i = 0; i < _pace.Window; i++)
                _requests.Write(NextRequest(now, out _));
            _apis[0].Send(_requests.WrittenSpan, _pace.Window);
            _requests.ResetWrittenCount();
        }
        while (WaitForAll() && Stopwatch.GetElapsedTime(started) < duration);
    }

    private void PublishAtRate(double rate, TimeSpan duration)
    {
        var timer = new Schedule(rate, duration);
        while (!timer.IsOver)
        {
            while (timer.TryTake(out var due))
                SendNext(due);
            Meanwhile();
            _loop.Poll(timer.MillisecondsToWait);
        }
    }

    private void SendNext(long due)
    {
        var request = NextRequest(due, out var channel);
        // Always the same connection for a channel: only on one are requests handled in their order.
        _apis[channel % _apis.Length].Send(request, 1);
    }

    private ReadOnlySpan<byte> NextRequest(long due, out int channel)
    {
        _tally.Expected += _shape.Subscribers;
        channel = _random.Next(_channels.Length);
        return _channels[channel].Next(due);
    }

    // False if nothing has come for a while: what is missing is lost.
    private bool WaitForAll()
    {
        var quiet = Stopwatch.GetTimestamp();
        while (!_tally.IsComplete || _apis.Any(static api => api.Unanswered > 0))
        {
            if (_loop.Poll(200))
                quiet = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(quiet) > Patience)
                return false;
        }

        return true;
    }
}
