using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Everybody is cut off at once and comes back at once, each to its presence channel: how long until all are subscribed again, and
/// until everybody's own view of its channel is right again. A round is one storm, however long it takes.
/// </summary>
internal sealed class Storm : IScenario, IMessageSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // After this time without a message nothing is under way any more.
    private const int QuietMilliseconds = 500;

    private readonly ServerUnderLoad _server;
    private readonly StormShape _shape;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly Roster[] _rosters;
    private LatencyHistogram _latency = new();
    private long _began;
    private long _lastChange;
    private int _greeted;
    private int _subscribed;
    private int _closed;

    public Storm(ServerUnderLoad server, StormShape shape)
    {
        (_server, _shape) = (server, shape);
        _pool = new ConnectionPool(server, _loop, this);
        _rosters = [.. Enumerable.Range(0, shape.Connections).Select(_ => new Roster(shape.Members))];
        ComeBack();
    }

    public RoundResult WarmUp(TimeSpan duration)
    {
        var warmUp = new RoundResult();
        var started = Stopwatch.GetTimestamp();
        while (warmUp.Faults.Count == 0 && Stopwatch.GetElapsedTime(started) < duration)
            warmUp = Run(duration);
        return warmUp;
    }

    public RoundResult Run(TimeSpan duration)
    {
        _latency = new LatencyHistogram();
        var meter = new RoundMeter(_server.Meter);
        _pool.Close();
        ComeBack();
        meter.Stop();

        var result = new RoundResult();
        result.AddLatency("resubscribed", _latency);
        result.Add("presence right everywhere after", _lastChange - _began, "us");
        meter.AddCpuPer(result, "client", _shape.Connections);
        result.AddFault("not subscribed", _shape.Connections - _subscribed);
        result.AddFault("views that are wrong", _rosters.Count(static roster => !roster.IsComplete));
        result.AddFault("contradictions", _rosters.Sum(static roster => roster.Contradictions));
        result.AddFault("closed by the server", _closed);
        return result;
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        var roster = _rosters[connection.Tag];
        switch (kind)
        {
            case MessageKind.Established:
                _greeted++;
                connection.Subscribe(_server.Target, _shape.Channel(connection.Tag), Roster.ChannelData(connection.Tag % _shape.Members));
                return;
            case MessageKind.Subscribed:
                _subscribed++;
                _latency.Record(MessageStamp.Now - _began);
                roster.TakeAll(payload);
                break;
            case MessageKind.MemberAdded:
                roster.Add(payload);
                break;
            case MessageKind.MemberRemoved:
                roster.Remove(payload);
                break;
            case MessageKind.Closed:
                _closed++;
                return;
        }

        _lastChange = MessageStamp.Now;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _loop.Dispose();
    }

    private void ComeBack()
    {
        _greeted = _subscribed = _closed = 0;
        foreach (var roster in _rosters)
            roster.Clear();
        _began = MessageStamp.Now;
        while (_pool.Connections.Count < _shape.Connections)
        {
            for (var free = _shape.Handshakes - (_pool.Connections.Count - _greeted); free > 0 && _pool.Connections.Count < _shape.Connections; free--)
                _pool.OpenOne();
            if (!_loop.Poll((int)Patience.TotalMilliseconds))
                return;
        }

        // The last word counts: a view that is right for a moment may still become wrong.
        while (_loop.Poll(_subscribed < _shape.Connections ? (int)Patience.TotalMilliseconds : QuietMilliseconds))
        {
            // Until nothing comes any more.
        }
    }
}
