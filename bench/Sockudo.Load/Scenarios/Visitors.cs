using Sockudo.Load.Engine;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Scenarios;

/// <summary>Connections that come, subscribe to a channel, and go as soon as they are subscribed; others follow them.</summary>
/// <param name="server">The server.</param>
/// <param name="loop">Where the connections are read.</param>
/// <param name="channel">What they subscribe to.</param>
internal sealed class Visitors(ServerUnderLoad server, EventLoop loop, string channel) : IMessageSink, IDisposable
{
    private readonly List<LoadConnection> _leaving = [];
    private readonly HashSet<LoadConnection> _present = [];
    private long _opened;

    /// <summary>Visits that are over.</summary>
    public long Visits { get; private set; }

    /// <summary>Visitors that the server has sent away.</summary>
    public long Refused { get; private set; }

    /// <summary>From the connect to the acknowledged subscription.</summary>
    public LatencyHistogram Latency { get; private set; } = new();

    /// <summary>Visitors that are there now.</summary>
    public int Present => _present.Count;

    /// <summary>Begins to count anew.</summary>
    public void Reset()
    {
        Visits = Refused = 0;
        Latency = new LatencyHistogram();
    }

    /// <summary>Lets go who has been served, and lets in new ones until so many are there.</summary>
    public void Admit(int concurrency)
    {
        foreach (var connection in _leaving)
        {
            _present.Remove(connection);
            connection.Dispose();
        }

        _leaving.Clear();
        while (_present.Count < concurrency)
        {
            var began = MessageStamp.Now;
            _present.Add(new LoadConnection(server.Target, loop, server.SourceFor(_opened++), receiveBuffer: null, this) { Since = began });
        }
    }

    public void OnMessage(LoadConnection connection, MessageKind kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case MessageKind.Established:
                connection.Subscribe(server.Target, channel);
                break;
            case MessageKind.Subscribed:
                Visits++;
                Latency.Record(MessageStamp.Now - connection.Since);
                _leaving.Add(connection);
                break;
            case MessageKind.Closed:
                Refused++;
                _leaving.Add(connection);
                break;
        }
    }

    public void Dispose()
    {
        foreach (var connection in _present)
            connection.Dispose();
    }
}
