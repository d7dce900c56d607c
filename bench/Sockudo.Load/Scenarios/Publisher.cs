using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>One keep-alive connection that always has the same number of requests under way.</summary>
internal sealed class Publisher : IDisposable
{
    private readonly ApiConnection _api;
    private readonly SignedRequests _requests;
    private readonly int _pipeline;
    private readonly Action<long> _onLatency;

    // When the requests under way were due; answers come in the same order.
    private readonly Queue<long> _dueAt;
    private long _sent;

    /// <param name="target">The server.</param>
    /// <param name="loop">Where answers are read.</param>
    /// <param name="channel">Where the events go.</param>
    /// <param name="shape">How they are published.</param>
    /// <param name="onLatency">Takes the microseconds between a request and its answer.</param>
    public Publisher(LoadTarget target, EventLoop loop, string channel, PublishShape shape, Action<long> onLatency)
    {
        _requests = new SignedRequests(target, channel, shape);
        _pipeline = shape.Pipeline;
        _onLatency = onLatency;
        _dueAt = new Queue<long>(shape.Pipeline);
        _api = new ApiConnection(target, loop) { OnAnswer = OnAnswer };
    }

    public int Unanswered => _api.Unanswered;

    /// <summary>Numbers of events before they begin again.</summary>
    public int Events => _requests.Events;

    /// <summary>Sends as many requests as have been answered.</summary>
    public void Fill()
    {
        while (_api.Unanswered < _pipeline)
            Send(_pipeline - _api.Unanswered, MessageStamp.Now);
    }

    /// <summary>Sends one request, however many are under way.</summary>
    /// <param name="due">When it was to leave, for its latency.</param>
    public void SendOne(long due) => Send(1, due);

    /// <summary>Requests sent since the last call.</summary>
    public long TakeSent()
    {
        var sent = _sent;
        _sent = 0;
        return sent;
    }

    public void Dispose() => _api.Dispose();

    private void Send(int atMost, long due)
    {
        var requests = _requests.Take(atMost, out var count);
        for (var i = 0; i < count; i++)
            _dueAt.Enqueue(due);
        _api.Send(requests, count);
        _sent += count;
    }

    private void OnAnswer() => _onLatency(MessageStamp.Now - _dueAt.Dequeue());
}
