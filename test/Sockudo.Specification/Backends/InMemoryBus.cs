using System.Collections.Concurrent;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;

namespace Sockudo.Specification.Backends;

/// <summary>One participant of an <see cref="InMemoryBroker"/>.</summary>
public sealed class InMemoryBus : IClusterBus
{
    private readonly InMemoryBroker _broker;
    private readonly ConcurrentDictionary<string, bool> _topics = new(StringComparer.Ordinal);
    private ClusterMessageHandler? _onMessage;
    private bool _isSilent;
    private bool _isCutOff;

    internal InMemoryBus(InMemoryBroker broker) => _broker = broker;

    /// <summary>This participant alone cannot reach the broker.</summary>
    public bool IsCutOff
    {
        get => _isCutOff;
        set
        {
            _isCutOff = value;
            if (value)
                LoseWhatWaits();
        }
    }

    /// <summary>Nothing passes between this participant and the broker, and neither knows: what they say to each other waits. For a simulation.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set
        {
            _isSilent = value;
            if (!value)
                _broker.GoOn(this);
        }
    }

    internal Queue<(InMemoryBus From, string Topic, byte[] Message)> Unheard { get; } = new();

    internal Queue<(string Topic, byte[] Message)> Unsaid { get; } = new();

    public bool IsConnected => _broker.IsReachable(this);

    public long MessagesDropped => 0;

    /// <summary>Connects and subscribes, for a simulation that has no time to wait.</summary>
    public void Connect(ClusterMessageHandler onMessage, params string[] topics)
    {
        if (!IsConnected)
            throw new BackendException("the broker is not there");
        _onMessage = onMessage;
        foreach (var topic in topics)
            _topics[topic] = true;
    }

    /// <summary>Ends the connection.</summary>
    public void Disconnect()
    {
        _broker.Remove(this);
        _onMessage = null;
    }

    /// <summary>Publishes at once.</summary>
    public void Publish(string topic, ReadOnlyMemory<byte> message) => _broker.Publish(this, topic, message);

    public Task StartAsync(ClusterMessageHandler onMessage, CancellationToken cancellationToken)
    {
        Connect(onMessage);
        return Task.CompletedTask;
    }

    public async ValueTask SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        _topics[topic] = true;
        while (!IsConnected)
            await Task.Delay(10, cancellationToken);
    }

    public ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        _topics.TryRemove(topic, out _);
        return default;
    }

    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Publish(topic, message);
        return default;
    }

    public ValueTask DisposeAsync()
    {
        Disconnect();
        return default;
    }

    internal void LoseWhatWaits()
    {
        Unheard.Clear();
        Unsaid.Clear();
    }

    internal bool IsSubscribed(string topic) => _topics.ContainsKey(topic);

    internal void Deliver(string topic, byte[] message) => _onMessage?.Invoke(topic, message);
}
