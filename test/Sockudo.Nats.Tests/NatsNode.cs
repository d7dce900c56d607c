using System.Text;
using System.Threading.Channels;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;

namespace Sockudo.Nats.Tests;

/// <summary>A bus and what it has received.</summary>
internal sealed class NatsNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<(string Topic, byte[] Message)> _received = Channel.CreateUnbounded<(string, byte[])>();

    private NatsNode(AdapterNatsOptions options, string name)
    {
        Name = name;
        Bus = new NatsBus(options, name, TimeProvider.System, Log);
    }

    public string Name { get; }

    public NatsBus Bus { get; }

    public BusLog Log { get; } = new();

    /// <summary>Is called in the handler, before the message is kept.</summary>
    public Action? OnMessage { get; set; }

    public static Task<NatsNode> StartAsync(NatsServers servers, string prefix = "test") => StartAsync(new AdapterNatsOptions { Servers = servers.Urls, Prefix = prefix });

    public static async Task<NatsNode> StartAsync(AdapterNatsOptions options)
    {
        var node = new NatsNode(options, $"n{Guid.NewGuid():N}");
        try
        {
            await node.Bus.StartAsync(node.Handle, CancellationToken.None);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async Task SubscribeAsync(params string[] topics)
    {
        using var timeout = new CancellationTokenSource(Patience);
        foreach (var topic in topics)
            await Bus.SubscribeAsync(topic, timeout.Token);
    }

    public Task PublishAsync(string topic, string message) => PublishAsync(topic, Encoding.UTF8.GetBytes(message));

    public async Task PublishAsync(string topic, byte[] message)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await Bus.PublishAsync(topic, message, timeout.Token);
    }

    /// <summary>The next message.</summary>
    public async Task<(string Topic, string Message)> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var (topic, message) = await _received.Reader.ReadAsync(timeout.Token);
        return (topic, Encoding.UTF8.GetString(message));
    }

    /// <summary>The next message, if it is here already.</summary>
    public bool TryNext(out (string Topic, byte[] Message) next) => _received.Reader.TryRead(out next);

    public Task ConnectedAsync() => UntilAsync(() => Bus.IsConnected);

    public Task DisconnectedAsync() => UntilAsync(() => !Bus.IsConnected);

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(5, timeout.Token);
    }

    public ValueTask DisposeAsync() => Bus.DisposeAsync();

    private void Handle(string topic, ReadOnlySpan<byte> message)
    {
        var copy = message.ToArray();
        OnMessage?.Invoke();
        _received.Writer.TryWrite((topic, copy));
    }
}
