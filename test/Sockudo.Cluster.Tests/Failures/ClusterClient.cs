using System.Collections.Concurrent;
using System.Text.Json;
using Sockudo.Specification;
using Sockudo.Tests.Concurrency;

namespace Sockudo.Cluster.Tests.Failures;

/// <summary>A user with one connection to one node, in some channels, who believes what he is told and remembers how often members came and went.</summary>
internal sealed class ClusterClient : IAsyncDisposable
{
    private readonly PusherConnection _connection;
    private readonly ConcurrentDictionary<string, ChannelView> _views = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private int _successes;

    private ClusterClient(PusherConnection connection, SockudoNode node, string user)
    {
        _connection = connection;
        Node = node;
        User = user;
    }

    public SockudoNode Node { get; }

    public string User { get; }

    /// <summary>The server has closed the connection, or is gone.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What it was told that cannot be right; null if nothing.</summary>
    public string? Contradiction { get; private set; }

    /// <summary>Who is in a channel, by all that it was told, and how often members came and went since it joined.</summary>
    public (IReadOnlyList<string> Users, int Added, int Removed) Seen(string channel)
    {
        var view = _views[channel];
        lock (view)
            return ([.. view.Users.Order(StringComparer.Ordinal)], view.Added, view.Removed);
    }

    /// <summary>Number of the last event heard; 0 if none was.</summary>
    public int LastEvent
    {
        get
        {
            var view = _views[SockudoCluster.News];
            lock (view)
                return view.LastOf("http") ?? 0;
        }
    }

    /// <summary>Connects to a node and joins channels; returns when it is subscribed to all of them.</summary>
    public static async Task<ClusterClient> ConnectAsync(SockudoNode node, string user, params string[] channels)
    {
        var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(node.Address), TestApp.Busy);
        var client = new ClusterClient(connection, node, user);
        foreach (var channel in channels)
            client._views[channel] = new ChannelView(channel, mayMiss: true);
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client._reading = client.ReadAsync(joined, channels.Length);
        foreach (var channel in channels)
            await connection.RequestAsync(channel, channel.StartsWith("presence-", StringComparison.Ordinal) ? PusherConnection.Member(user) : null);
        await joined.Task.WaitAsync(RawWebSocket.Patience);
        return client;
    }

    /// <summary>Completes when the connection has ended.</summary>
    public Task EndedAsync() => _reading.WaitAsync(RawWebSocket.Patience * 3);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync(TaskCompletionSource joined, int expected)
    {
        try
        {
            while (true)
            {
                var frame = await _connection.Socket.WaitForFrameAsync(_stop.Token);
                if (frame.Opcode == ServerFrame.TextOpcode)
                    Take(frame.Payload);
                else if (frame.Opcode == ServerFrame.CloseOpcode)
                    break;
                if (!joined.Task.IsCompleted && _successes == expected)
                    joined.SetResult();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It has had enough.
        }
        catch (InvalidOperationException exception)
        {
            Contradiction = exception.Message;
        }
        catch (Exception exception) when (exception is IOException or Xunit.Sdk.XunitException)
        {
            // The node is gone.
        }

        HasEnded = true;
        joined.TrySetException(new IOException($"{User} could not join: {Contradiction}"));
    }

    private void Take(byte[] message)
    {
        using var document = JsonDocument.Parse(message);
        var name = document.RootElement.GetProperty("event").GetString()!;
        if (!document.RootElement.TryGetProperty("channel", out var channel))
            return;
        var view = _views[channel.GetString()!];
        lock (view)
            view.Take(name, document.RootElement.GetProperty("data").GetString()!);
        if (name == "pusher_internal:subscription_succeeded")
            _successes++;
    }
}
