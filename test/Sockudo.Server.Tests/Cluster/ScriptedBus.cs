using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>A bus in the hands of a test: it keeps what it is given, confirms when it is told to, and breaks.</summary>
internal sealed class ScriptedBus : IClusterBus
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _unconfirmed = new();

    public bool IsConnected { get; set; } = true;

    public long MessagesDropped => 0;

    /// <summary>Messages confirm themselves.</summary>
    public bool IsEager { get; set; } = true;

    /// <summary>What was published, by its last byte, in order; what failed too.</summary>
    public List<byte> Published { get; } = [];

    public List<string> Calls { get; } = [];

    /// <summary>Completes subscriptions.</summary>
    public TaskCompletionSource Subscribed { get; set; } = new();

    public Task StartAsync(ClusterMessageHandler onMessage, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        Calls.Add($"+{topic}");
        await Subscribed.Task.WaitAsync(cancellationToken);
    }

    public ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        Calls.Add($"-{topic}");
        return default;
    }

    public async ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!IsConnected)
                throw new BackendException("broken");
            Published.Add(message.Span[^1]);
            if (IsEager)
                return;
            _unconfirmed.Enqueue(done);
        }

        await done.Task;
    }

    /// <summary>Breaks, with all that is not confirmed.</summary>
    public void Break()
    {
        lock (_gate)
        {
            IsConnected = false;
            while (_unconfirmed.TryDequeue(out var waiting))
                waiting.SetException(new BackendException("broken"));
        }
    }

    public ValueTask DisposeAsync() => default;
}
