using System.Diagnostics;
using Sockudo.Load.Engine;
using Sockudo.Load.Metering;
using Sockudo.Load.Reports;

namespace Sockudo.Load.Scenarios;

/// <summary>One member of each channel joins and leaves, over and over: what that costs, and when all the others have heard of it.</summary>
internal sealed class Presence : IScenario, IMessageSink
{
    private const int Patience = 5000;

    private readonly ServerUnderLoad _server;
    private readonly int _members;
    private readonly EventLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly PresenceRoom[] _rooms = [];

    /// <param name="server">The server.</param>
    /// <param name="channels">Presence channels.</param>
    /// <param name="members">Members of each, the one that comes and goes included.</param>
    public Presence(ServerUnderLoad server, int channels, int members)
    {
        (_server, _members) = (server, members);
        _pool = new ConnectionPool(server, _loop, this);
        _pool.Open(channels * members);
        _rooms = [.. Enumerable.Range(0, channels).Select(index => new PresenceRoom(
            server.Target, $"presence-load-{index}", [.. _pool.Connections.Skip(index * members).Take(members)]))];
        _pool.WaitUntil(() => Array.TrueForAll(_rooms, static room => room.IsSettled), "presence subscriptions");
    }

    public RoundResult Run(TimeSpan duration)
    {
        foreach (var room in _rooms)
            room.Reset();
        var meter = new RoundMeter(_server.Meter);
        var started = Stopwatch.GetTimestamp();
        foreach (var room in _rooms)
            room.Join();
        while (Stopwatch.GetElapsedTime(started) < duration && _loop.Poll(Patience))
        {
            // The rooms go on by themselves.
        }

        foreach (var room in _rooms)
            room.Stop();
        while (!Array.TrueForAll(_rooms, static room => room.IsStill) && _loop.Poll(Patience))
        {
            // Until the last has left.
        }

        meter.Stop();
        return ToResult(meter);
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        // While connections are opened there are no rooms yet.
        if (kind != MessageKind.Established)
            _rooms[connection.Tag / _members].OnMessage(connection.Tag % _members, kind, payload);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _loop.Dispose();
    }

    private RoundResult ToResult(RoundMeter meter)
    {
        var (joins, leaves) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var room in _rooms)
            room.AddTo(joins, leaves);
        var result = new RoundResult();
        var cycles = _rooms.Sum(static room => room.Cycles);
        meter.AddRate(result, "joins and leaves", cycles);
        meter.AddCpuPer(result, "join and leave", cycles);
        meter.AddCpuPer(result, "member told", cycles * 2 * (_members - 1));
        meter.AddLoad(result);
        result.AddLatency("all heard the join", joins);
        result.AddLatency("all heard the leave", leaves);
        result.AddFault("not heard", _rooms.Count(static room => !room.IsStill));
        result.AddFault("contradictions", _rooms.Sum(static room => room.Contradictions));
        return result;
    }
}
