using System.Collections.Concurrent;
using Sockudo.Protocol;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Cluster;

/// <summary>
/// U-16 over the whole cluster: the request goes out on the topic of the user's channel, which every node with a connection of his has subscribed to, and those answer
/// that are known to have one.
/// </summary>
internal sealed class Terminations(NodeId self, Hub hub, Outbox outbox, ChannelTopics topics, ClusterTimes times, TimeProvider time, ClusterMetrics metrics)
{
    private readonly ConcurrentDictionary<ulong, Pending> _pending = new();
    private long _requests;

    /// <summary>Closes all connections of a user; completes when all nodes that are known to have one have done so, at the latest after the request timeout.</summary>
    /// <exception cref="ClusterUnavailableException">The bus has not taken the request.</exception>
    public async Task TerminateAsync(AppScope app, string userId)
    {
        var key = Hub.UserChannel(app, userId);
        var others = hub.PeersOf(key);
        var request = (ulong)Interlocked.Increment(ref _requests);
        var pending = new Pending(others);
        if (others.Count > 0)
            _pending[request] = pending;
        try
        {
            var writer = new WireWriter(MessageKind.Terminate, self);
            writer.Text(self.Name);
            writer.Fixed(request);
            var started = time.GetTimestamp();
            metrics.RequestSent();
            await outbox.SendAsync(Topics.Channel(key), writer.ToArray()).ConfigureAwait(false);
            if (others.Count > 0)
                await pending.Answered.WaitAsync(TimeSpan.FromMilliseconds(times.Request), time).ConfigureAwait(false);
            metrics.RequestAnswered(time.GetElapsedTime(started));
        }
        catch (TimeoutException)
        {
            // Who did not answer may be gone; what he had goes with him.
            metrics.RequestUnanswered();
        }
        finally
        {
            _pending.TryRemove(request, out _);
        }
    }

    /// <summary>
    /// Another node, or this one, asks. Its own request, too, takes effect when it comes back from the bus: behind all that was published for the user before.
    /// </summary>
    public void Receive(string topic, MessageHeader header, ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        var name = reader.Text();
        var request = reader.Fixed();
        if (reader.IsDamaged || topics.Accept(topic, header, out _) is not { } key)
            return;
        CloseAll(key);
        if (header.Sender == self.Epoch)
            return;
        metrics.RequestReceived();
        var writer = new WireWriter(MessageKind.Terminated, self);
        writer.Fixed(request);
        outbox.TrySend(Topics.Node(new NodeId(header.Sender, name)), writer.ToArray());
    }

    /// <summary>Another node has answered.</summary>
    public void ReceiveAnswer(MessageHeader header, ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        if (!_pending.TryGetValue(reader.Fixed(), out var pending))
            return;
        metrics.AnswerReceived();
        pending.Answer(header.Sender);
    }

    private void CloseAll(ChannelKey userChannel)
    {
        foreach (var connection in hub.ConnectionsOf(userChannel))
            connection.Close(PusherError.Terminated);
    }

    private sealed class Pending(IEnumerable<NodeId> asked)
    {
        private readonly HashSet<ulong> _missing = [.. asked.Select(static node => node.Epoch)];
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Answered => _answered.Task;

        public void Answer(ulong node)
        {
            lock (_missing)
            {
                if (_missing.Remove(node) && _missing.Count == 0)
                    _answered.TrySetResult();
            }
        }
    }
}
