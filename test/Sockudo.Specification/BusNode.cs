using System.Collections.Concurrent;
using System.Text;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Xunit;

namespace Sockudo.Specification;

/// <summary>A node of a cluster, as far as its bus is concerned: remembers what it hears, and waits for things to come about.</summary>
public sealed class BusNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Heard> _heard = new(StringComparer.Ordinal);

    private long _calls;

    private BusNode(IClusterBus bus) => Bus = bus;

    public IClusterBus Bus { get; }

    /// <summary>Calls of the handler, of any topic.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Something to do in each call of the handler; null for nothing.</summary>
    public Action<string>? OnCall { get; set; }

    /// <summary>Connects.</summary>
    public static async Task<BusNode> StartAsync(IClusterBus bus)
    {
        var node = new BusNode(bus);
        await bus.StartAsync(node.Hear, CancellationToken.None).WaitAsync(Patience);
        Assert.True(bus.IsConnected);
        return node;
    }

    public Task SubscribeAsync(string topic) => Bus.SubscribeAsync(topic, CancellationToken.None).AsTask().WaitAsync(Patience);

    public Task UnsubscribeAsync(string topic) => Bus.UnsubscribeAsync(topic, CancellationToken.None).AsTask().WaitAsync(Patience);

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> message) => Bus.PublishAsync(topic, message, CancellationToken.None).AsTask().WaitAsync(Patience);

    public Task PublishAsync(string topic, string text) => PublishAsync(topic, Encoding.UTF8.GetBytes(text));

    /// <summary>Everything heard on a topic so far.</summary>
    public IReadOnlyList<byte[]> HeardOn(string topic)
    {
        var heard = _heard.GetOrAdd(topic, static _ => new Heard());
        lock (heard)
            return [.. heard.Messages];
    }

    /// <inheritdoc cref="HeardOn"/>
    public IReadOnlyList<string> TextsOn(string topic) => [.. HeardOn(topic).Select(Encoding.UTF8.GetString)];

    /// <summary>Waits for the n-th message of a topic, and returns all of that topic.</summary>
    public async Task<IReadOnlyList<byte[]>> ExpectAsync(string topic, int count)
    {
        await ExpectAsync(() => HeardOn(topic).Count >= count, () => $"{HeardOn(topic).Count} instead of {count} messages on {topic}");
        return HeardOn(topic);
    }

    /// <summary>Waits for the n-th message of a topic, and checks that exactly these have come.</summary>
    public async Task ExpectTextsAsync(string topic, params string[] texts)
    {
        await ExpectAsync(topic, texts.Length);
        Assert.Equal(texts, TextsOn(topic));
    }

    /// <summary>Waits until the bus says that it is, or is not, connected.</summary>
    public Task ExpectConnectedAsync(bool isConnected) =>
        ExpectAsync(() => Bus.IsConnected == isConnected, () => $"IsConnected is {Bus.IsConnected}");

    /// <summary>Waits for something that is not announced.</summary>
    public static async Task ExpectAsync(Func<bool> condition, Func<string> describe)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, describe());
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Publishes until it succeeds: a broker that has come back may need a moment.</summary>
    public async Task PublishWhenPossibleAsync(string topic, string text)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await PublishAsync(topic, text);
                return;
            }
            catch (BackendException) when (!timeout.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        Assert.All(_heard.Values, static heard => Assert.False(heard.HasOverlapped, "two calls of the handler for one topic at the same time"));
    }

    private void Hear(string topic, ReadOnlySpan<byte> message)
    {
        Interlocked.Increment(ref _calls);
        var heard = _heard.GetOrAdd(topic, static _ => new Heard());
        if (Interlocked.Increment(ref heard.Inside) != 1)
            heard.HasOverlapped = true;
        OnCall?.Invoke(topic);
        var copy = message.ToArray();
        lock (heard)
            heard.Messages.Add(copy);
        Interlocked.Decrement(ref heard.Inside);
    }

    private sealed class Heard
    {
        public readonly List<byte[]> Messages = [];
        public int Inside;
        public volatile bool HasOverlapped;
    }
}
