using System.Buffers;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Sockudo.Server.Options;

namespace Sockudo.Nats;

/// <summary>
/// The bus over core NATS, 2.2 or later. There is one connection at a time; when it is lost another one is opened, to any of the servers, and counts only
/// when all subscriptions are in force on it. Nothing is carried over from one connection to the next, so nothing is sent late or out of order.
/// <para>
/// Servers are taken in the order of the configuration, so that nodes with the same configuration meet at one server as long as they can, and the others
/// are there for the day on which it fails. For between nodes at different servers NATS promises less: the other servers of a cluster hear of a
/// subscription a moment later than the one that confirms it, and two publishers at two servers have no common order.
/// </para>
/// </summary>
public sealed partial class NatsBus : IClusterBus
{

    private readonly AdapterNatsOptions _options;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NatsSubjects _subjects;
    private readonly CancellationTokenSource _stopping = new();

    // What is subscribed to, and the connection that must know it.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private NatsLink? _link;
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The same connection, while all of that is in force.
    private volatile NatsLink? _inForce;

    // The connection whose messages are taken. A lost one may still have some; they must not come between those of the next.
    private readonly Lock _delivery = new();
    private volatile NatsLink? _heard;
    private ClusterMessageHandler? _handler;
    private long _dropped;

    private Task _keeping = Task.CompletedTask;
    private bool _isDisposed;

    /// <param name="options">Section <c>adapter.nats</c>.</param>
    /// <param name="node">Name of this node, for people who look at the clients of a server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of lost and mended connections.</param>
    public NatsBus(AdapterNatsOptions options, string node, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _node = node;
        _time = time;
        _logger = logger;
        _subjects = new NatsSubjects(options.Prefix);
    }

    /// <inheritdoc/>
    public bool IsConnected => _inForce is not null;

    /// <summary>
    /// A server does not tell what it drops: it ends the connection of whoever is too slow. So each lost connection counts as one, and each message of a lost
    /// connection that came after the next one was there.
    /// </summary>
    public long MessagesDropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public async Task StartAsync(ClusterMessageHandler onMessage, CancellationToken cancellationToken)
    {
        _handler = onMessage;
        var servers = NatsServerAddress.ParseAll(_options.Servers);
        _keeping = KeepAsync(servers, await ConnectAsync(servers, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        // A name that no server takes is refused here: each of them would end the connection.
        _ = _subjects.Of(topic);
        for (var isFirst = true; ; isFirst = false)
        {
            Task inForce;
            lock (_gate)
            {
                if (_isDisposed)
                    throw Stopped();
                if (isFirst)
                    _topics.Add(topic);
                else if (!_topics.Contains(topic))
                    return;
                inForce = _link?.SubscribeAsync([topic]) ?? _mended.Task;
            }

            try
            {
                await inForce.WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (BackendException)
            {
                // The connection is lost; the next one begins with all topics.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Nobody has to wait: a later subscription of the topic is written behind this.
            if (_topics.Remove(topic))
                _ = _link?.UnsubscribeAsync(topic);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var link = _inForce ?? throw new BackendException("there is no connection to NATS");
        await link.PublishAsync(topic, message, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _inForce = null;
            if (_mended.TrySetException(Stopped()))
                _ = _mended.Task.Exception;
        }

        // Waits for the handler, which is not called any more after this.
        lock (_delivery)
            _handler = null;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task KeepAsync(IReadOnlyList<NatsServerAddress> servers, NatsLink link)
    {
        var disposing = Task.CompletedTask;
        try
        {
            for (var attempts = 0; ;)
            {
                var opened = _time.GetTimestamp();
                LogLost(link.Server, await link.Closed.WaitAsync(_stopping.Token).ConfigureAwait(false));
                // A connection that ends soon, because this node does something that it may not for instance, does not count as a success.
                attempts = _time.GetElapsedTime(opened) < ReconnectPause.Rest ? attempts + 1 : 1;
                // Which waits for the handler, if need be; the next connection does not.
                disposing = link.DisposeAsync().AsTask();
                link = await MendAsync(servers, link, attempts).ConfigureAwait(false);
                LogMended(link.Server);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await disposing.ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<NatsLink> MendAsync(IReadOnlyList<NatsServerAddress> servers, NatsLink lost, int attempts)
    {
        var announced = lost.Announced;
        var told = "";
        for (; ; attempts++)
        {
            await Task.Delay(ReconnectPause.After(attempts), _time, _stopping.Token).ConfigureAwait(false);
            try
            {
                // Another server rather than the lost one, and those that are configured before those that are only known from it.
                var others = servers.Where(server => !server.Equals(lost.Server));
                return await ConnectAsync([.. others.Append(lost.Server).Concat(announced).Distinct()], _stopping.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                // Once per reason: this goes on for ever.
                if (exception.Message != told)
                    LogNotMended(exception.Message);
                told = exception.Message;
            }
        }
    }

    // Connects to the first server that can be used, and brings the subscriptions into force there.
    private async Task<NatsLink> ConnectAsync(IReadOnlyList<NatsServerAddress> servers, CancellationToken cancellationToken)
    {
        var failures = new List<BackendException>();
        foreach (var server in servers)
        {
            NatsLink? link = null;
            try
            {
                link = await NatsLink.OpenAsync(server, _options, _node, _subjects, _time, Receive, Lost, cancellationToken).ConfigureAwait(false);
                await UseAsync(link, cancellationToken).ConfigureAwait(false);
                return link;
            }
            catch (Exception exception)
            {
                if (link is not null)
                    await link.DisposeAsync().ConfigureAwait(false);
                if (exception is not BackendException failure)
                    throw;
                failures.Add(failure);
            }
        }

        throw failures is [var only]
            ? only
            : new BackendException(string.Join("; ", failures.Select(static failure => failure.Message)), failures.Any(static failure => failure.IsPermanent), failures[0]);
    }

    private async Task UseAsync(NatsLink link, CancellationToken cancellationToken)
    {
        _heard = link;
        Task inForce;
        lock (_gate)
        {
            _link = link;
            inForce = link.SubscribeAsync([.. _topics]);
        }

        await inForce.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            // If it has broken by now, that has been told before there was anything to take back.
            if (link.IsBroken || _isDisposed)
                return;
            _inForce = link;
            _mended.TrySetResult();
        }
    }

    private void Lost(NatsLink link)
    {
        lock (_gate)
        {
            if (_link == link)
                _link = null;
            if (_inForce != link)
                return;
            _inForce = null;
            Interlocked.Increment(ref _dropped);
            _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static BackendException Stopped() => new("the bus has been stopped");

    private void Receive(NatsLink link, string topic, ReadOnlySequence<byte> message)
    {
        lock (_delivery)
        {
            if (_handler is null)
                return;
            if (_heard != link)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            if (message.IsSingleSegment)
            {
                Handle(topic, message.FirstSpan);
                return;
            }

            var whole = ArrayPool<byte>.Shared.Rent((int)message.Length);
            message.CopyTo(whole);
            Handle(topic, whole.AsSpan(0, (int)message.Length));
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private void Handle(string topic, ReadOnlySpan<byte> message)
    {
        try
        {
            _handler!(topic, message);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(exception, topic);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "the connection to NATS is lost  server={Server} reason={Reason}")]
    private partial void LogLost(NatsServerAddress server, string reason);

    [LoggerMessage(2, LogLevel.Warning, "NATS cannot be reached again yet; attempts go on  reason={Reason}")]
    private partial void LogNotMended(string reason);

    [LoggerMessage(3, LogLevel.Information, "NATS is connected again  server={Server}")]
    private partial void LogMended(NatsServerAddress server);

    [LoggerMessage(4, LogLevel.Error, "a message of the cluster could not be handled  topic={Topic}")]
    private partial void LogHandlerFailed(Exception exception, string topic);
}
