using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Cluster;
using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>
/// The bus over the pub/sub of a Redis server, or over the sharded pub/sub of a Redis Cluster (storage.md 6.4 and 6.5). A topic is the channel
/// <c>{prefix}:{topic}</c>.
/// <para>
/// It speaks to the servers itself, because the client library's subscriptions can be had in order or small, not both, and because it does not say when they
/// are in force again after an outage. One loop per connection hands messages over in the order in which they came; a subscription is an entry
/// of a table and nothing else; and what the server confirms, not what was sent, decides whether the bus is connected.
/// </para>
/// <para>
/// On a cluster it is connected when every slot has a master and there is a working link to each: any channel may be published to at any time. A
/// failed master makes the whole node wait for its successor, which is what keeps a silent loss of some channels from being taken for peace.
/// </para>
/// <para>
/// The rights that its user needs: the channels <c>{prefix}:*</c> and the commands <c>publish</c>, <c>subscribe</c>, <c>unsubscribe</c>, <c>ping</c>;
/// on a cluster <c>spublish</c>, <c>ssubscribe</c>, <c>sunsubscribe</c>, <c>ping</c>, <c>cluster|info</c>, <c>cluster|slots</c>.
/// </para>
/// </summary>
public sealed partial class RedisBus : IClusterBus
{
    // How often to ask whether the masters still are the masters.
    private static readonly TimeSpan CheckInterval = ReconnectPause.Rest;
    private const int ShortName = 512;

    private readonly Lock _gate = new();
    private readonly RedisServers _publishing;
    private readonly RedisServers? _listening;
    private readonly bool _isCluster;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _disturbed = new(0);
    private readonly Dictionary<byte[], RedisTopic> _topics = new(new RedisTopicNames());
    private readonly Dictionary<byte[], RedisTopic>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private ClusterMessageHandler _onMessage = static (_, _) => { };
    private volatile RedisLinks _links = RedisLinks.None;
    private IReadOnlyList<RedisMaster> _masters = [];
    private Task _mending = Task.CompletedTask;
    private int _missed;
    private long _gaps;
    private bool _isStarted;
    private bool _isDisposed;
    private bool _wasConnected;
    private bool _isIncomplete;

    /// <param name="publishing">Where to publish, and to listen if nothing else is said.</param>
    /// <param name="listening">Where to listen, if that is another server: a replica for instance. Not on a cluster.</param>
    /// <param name="prefix">Prefix of all channel names; colons and dots at its end do not count.</param>
    /// <param name="nodeName">What this node is called in the server's list of clients.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For the state of the connection.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public RedisBus(RedisTarget publishing, RedisTarget? listening, string prefix, string nodeName, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(publishing);
        ArgumentNullException.ThrowIfNull(prefix);
        _publishing = new RedisServers(publishing, nodeName, time);
        _listening = listening is null || publishing.IsCluster ? null : new RedisServers(listening, nodeName, time);
        _isCluster = publishing.IsCluster;
        _prefix = prefix.TrimEnd(':', '.') + ":";
        _time = time;
        _logger = loggers.CreateLogger("sockudo.cluster");
        _byName = _topics.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The bus that the configuration asks for with <c>redis</c> or <c>redis-cluster</c> (configuration.md 3.3).</summary>
    /// <param name="adapter">Section <c>adapter</c>.</param>
    /// <param name="redis">Section <c>database.redis</c>.</param>
    /// <param name="nodeName">Name of this node.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For the state of the connection.</param>
    /// <exception cref="BackendException">What the configuration says of addresses or certificates cannot be used.</exception>
    public static RedisBus Create(AdapterOptions adapter, RedisOptions redis, string nodeName, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(redis);
        var ofClusterDriver = adapter.Driver == AdapterDriver.RedisCluster;
        var publishing = RedisTarget.OfAdapter(adapter, redis);
        var listening = publishing.IsCluster || adapter.Redis.RedisSubOptions.Url is null ? null : publishing with
        {
            Url = adapter.Redis.RedisSubOptions.Url,
            UrlKey = "adapter.redis.redis_sub_options.url",
        };
        var prefix = (ofClusterDriver ? adapter.Cluster.Prefix : adapter.Redis.Prefix) ?? redis.KeyPrefix + "adapter";
        return new RedisBus(publishing, listening, prefix, nodeName, time, loggers);
    }

    /// <inheritdoc/>
    public bool IsConnected => _links.AreUp && Volatile.Read(ref _missed) == 0;

    /// <summary>
    /// Redis does not tell what it dropped: a listener that is too slow is disconnected (<c>client-output-buffer-limit pubsub</c>). So each lost
    /// connection, and each subscription that a cluster moved, counts as one: at most once per message, and nobody overlooks an outage that was short.
    /// </summary>
    public long MessagesDropped => Interlocked.Read(ref _gaps);

    /// <inheritdoc/>
    public async Task StartAsync(ClusterMessageHandler onMessage, CancellationToken cancellationToken)
    {
        _onMessage = onMessage;
        await RenewAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _isStarted = true;
            _wasConnected = IsConnected;
        }

        _mending = MendAsync();
    }

    /// <inheritdoc/>
    public ValueTask SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var name = NameOf(topic, stackalloc byte[ShortName]);
        Task waiting;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_byName.TryGetValue(name, out var entry))
            {
                entry = new RedisTopic(topic, name.ToArray(), _isCluster ? HashSlot.Of(name) : (ushort)0);
                _topics.Add(entry.Name, entry);
            }

            entry.IsWanted = true;
            if (entry is { State: RedisTopicState.InForce, Link.IsUp: true })
                return ValueTask.CompletedTask;
            entry.Waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = entry.Waiting.Task;
            Advance(entry);
        }

        return new ValueTask(waiting.WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var name = NameOf(topic, stackalloc byte[ShortName]);
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out var entry))
            {
                entry.IsWanted = false;
                Forgive(entry);
                Advance(entry);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        var name = NameOf(topic, stackalloc byte[ShortName]);
        var link = _links.Of(_isCluster ? HashSlot.Of(name) : (ushort)0);
        return link is null
            ? ValueTask.FromException(new BackendException($"there is no connection to Redis {_publishing.Description}"))
            : new ValueTask(CompleteAsync(link, link.PublishAsync(name, message.Span), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        TaskCompletionSource[] waiting;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            waiting = [.. _topics.Values.Select(static topic => topic.Waiting).OfType<TaskCompletionSource>()];
        }

        await _end.CancelAsync().ConfigureAwait(false);
        await _mending.ConfigureAwait(false);
        await Task.WhenAll(_links.All.Select(static link => link.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (var one in waiting)
            one.TrySetException(new ObjectDisposedException(nameof(RedisBus)));
        _end.Dispose();
    }

    internal void OnPush(RedisLink link, RespPush push)
    {
        var kind = push.Kind;
        if (kind is [(byte)'s', .. var rest] && (rest.StartsWith("message"u8) || rest.StartsWith("subscribe"u8) || rest.StartsWith("unsubscribe"u8)))
            kind = rest;
        if (kind.SequenceEqual("message"u8))
            Deliver(link, push);
        else if (kind.SequenceEqual("subscribe"u8))
            Confirm(link, push.Channel, RedisTopicState.Beginning);
        else if (kind.SequenceEqual("unsubscribe"u8))
            Confirm(link, push.Channel, RedisTopicState.Ending);
    }

    /// <summary>A subscription was refused; false if it will be refused again.</summary>
    internal bool OnRefusal(RedisLink link, string error)
    {
        if (!_isCluster || error.Split(' ', 2)[0] is not ("MOVED" or "ASK" or "TRYAGAIN" or "CLUSTERDOWN"))
            return false;
        lock (_gate)
        {
            link.HasRefused = true;
            Disturb();
        }

        return true;
    }

    internal void OnLinkEnded(RedisLink link)
    {
        lock (_gate)
        {
            _links = _links.Without(link);
            if (_isDisposed)
                return;
            Interlocked.Increment(ref _gaps);
            foreach (var topic in _topics.Values.Where(topic => topic.Link == link).ToArray())
                Lose(topic);
            Report(link.Failure);
            Disturb();
        }
    }

    private async Task CompleteAsync(RedisLink link, Task<RespReply> answer, CancellationToken cancellationToken)
    {
        var reply = await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!reply.IsError)
            return;
        // The message is not sent to the right server now: what was published after it may be there already.
        if (_isCluster)
        {
            lock (_gate)
                Disturb();
        }

        throw new BackendException($"Redis {link.Address} refuses a message: {reply.Text}");
    }

    private void Deliver(RedisLink link, RespPush push)
    {
        RedisTopic? topic;
        lock (_gate)
        {
            if (!_byName.TryGetValue(push.Channel, out topic) || topic.Link != link || !topic.IsWanted)
                return;
        }

        try
        {
            _onMessage(topic.Topic, push.Payload);
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, topic.Topic);
        }
    }

    private void Confirm(RedisLink link, ReadOnlySpan<byte> name, RedisTopicState expected)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(name, out var topic) || topic.Link != link)
                return;
            if (topic.State == expected && expected == RedisTopicState.Beginning)
            {
                topic.State = RedisTopicState.InForce;
                topic.Waiting?.TrySetResult();
                topic.Waiting = null;
                Forgive(topic);
                Advance(topic);
            }
            else if (topic.State == expected)
            {
                topic.State = RedisTopicState.Idle;
                topic.Link = null;
                Advance(topic);
            }
            else if (expected == RedisTopicState.Ending && topic.State == RedisTopicState.InForce)
            {
                // Nobody has asked for that: the slot belongs to another node now.
                Interlocked.Increment(ref _gaps);
                Lose(topic);
                Report(null);
                Disturb();
            }
        }
    }

    private void Miss(RedisTopic topic)
    {
        if (topic.IsMissed)
            return;
        topic.IsMissed = true;
        _missed++;
    }

    // Brings a topic one step nearer to what is wanted, if nothing is on its way.
    private void Advance(RedisTopic topic)
    {
        if (topic.State == RedisTopicState.InForce && !topic.IsWanted)
        {
            topic.State = RedisTopicState.Ending;
            topic.Link!.Unsubscribe(topic.Name);
        }
        else if (topic.State == RedisTopicState.Idle && !topic.IsWanted)
        {
            _topics.Remove(topic.Name);
            topic.Waiting?.TrySetResult();
        }
        else if (topic.State == RedisTopicState.Idle && _links.Of(topic.Slot) is { } link)
        {
            topic.State = RedisTopicState.Beginning;
            topic.Link = link;
            link.Subscribe(topic.Name);
        }
    }

    private void Lose(RedisTopic topic)
    {
        if (topic is { State: RedisTopicState.InForce, IsWanted: true })
            Miss(topic);
        topic.State = RedisTopicState.Idle;
        topic.Link = null;
        _isIncomplete = true;
        if (!topic.IsWanted)
            Advance(topic);
    }

    private void Forgive(RedisTopic topic)
    {
        if (!topic.IsMissed)
            return;
        topic.IsMissed = false;
        if (--_missed == 0)
            Report(null);
    }

    private void Disturb()
    {
        if (_disturbed.CurrentCount == 0)
            _disturbed.Release();
    }

    // Once per change.
    private void Report(Exception? reason)
    {
        var isConnected = IsConnected;
        if (isConnected == _wasConnected || !_isStarted || _isDisposed)
            return;
        _wasConnected = isConnected;
        if (isConnected)
            LogMended(_publishing.Description);
        else
            LogLost(_publishing.Description, reason?.Message ?? "subscriptions have moved");
    }

    // Puts right whatever is not as it should be, for ever.
    private async Task MendAsync()
    {
        var attempts = 0;
        var last = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await _disturbed.WaitAsync(CheckInterval, _end.Token).ConfigureAwait(false);
                // A server that takes connections and drops them again is not there yet: only rest makes the pauses short again.
                if (_time.GetElapsedTime(last) >= CheckInterval)
                    attempts = 0;
                if (attempts > 0)
                    await Task.Delay(ReconnectPause.After(attempts), _time, _end.Token).ConfigureAwait(false);
                last = _time.GetTimestamp();
                attempts++;
                try
                {
                    await RenewAsync(_end.Token).ConfigureAwait(false);
                }
                catch (BackendException e)
                {
                    LogNotMended(_publishing.Description, e.Message, attempts);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogFailed(e);
                }

                if (!IsConnected)
                    Disturb();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    // Finds the masters, leaves those that are none any more, and connects to the new ones. What can be used is used, even if something fails.
    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var old = _links;
        // Whoever works is asked first. The configured seeds may have left the cluster long ago.
        var known = old.All.Where(static link => link.IsUp).Select(static link => link.Address).Concat(_masters.Select(static master => master.Address));
        var masters = await _publishing.LocateAsync(known, cancellationToken).ConfigureAwait(false);
        _masters = masters;
        foreach (var link in old.All.Where(link => masters.All(master => master.Address != link.Address)))
        {
            link.Abort("is not the master any more");
            await link.DisposeAsync().ConfigureAwait(false);
        }

        var missing = masters.Where(master => _links.All.All(link => link.Address != master.Address)).ToArray();
        Exception? problem = null;
        var opened = await Task.WhenAll(missing.Select(async master =>
        {
            try
            {
                return await RedisLink.OpenAsync(_publishing, master.Address, _listening, this, _prefix, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                problem = e;
                return null;
            }
        })).ConfigureAwait(false);
        lock (_gate)
        {
            var links = _links.With(opened.OfType<RedisLink>(), masters);
            var mustPlace = _isIncomplete || !links.IsLike(_links) || links.All.Any(static link => link.HasRefused);
            _isIncomplete = false;
            _links = links;
            foreach (var link in opened.OfType<RedisLink>())
                link.Start();
            if (mustPlace)
                Place(links);
            Report(problem);
        }

        if (problem is not null)
            ExceptionDispatchInfo.Throw(problem);
    }

    // Sends for every topic that is not where it belongs what it takes to get it there.
    private void Place(RedisLinks links)
    {
        foreach (var topic in _topics.Values.ToArray())
        {
            if (topic.Link is { HasRefused: true } link && topic.State is RedisTopicState.Beginning or RedisTopicState.Ending)
            {
                if (links.Of(topic.Slot) != link)
                    Lose(topic);
                // One too many changes nothing: a confirmation counts only while one is expected.
                else if (topic.State == RedisTopicState.Beginning)
                    link.Subscribe(topic.Name);
                else
                    link.Unsubscribe(topic.Name);
            }

            if (topic.State == RedisTopicState.Idle)
                Advance(topic);
            if (topic.State == RedisTopicState.InForce && links.Of(topic.Slot) is { } owner && owner != topic.Link)
            {
                // First it ends there, so that the messages of one topic never come from two connections at once.
                Miss(topic);
                topic.State = RedisTopicState.Ending;
                topic.Link!.Unsubscribe(topic.Name);
            }
        }

        foreach (var link in links.All)
            link.HasRefused = false;
    }

    private ReadOnlySpan<byte> NameOf(string topic, Span<byte> buffer)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(_prefix.Length + topic.Length);
        var name = longest <= buffer.Length ? buffer : new byte[longest];
        var length = Encoding.UTF8.GetBytes(_prefix, name);
        return name[..(length + Encoding.UTF8.GetBytes(topic, name[length..]))];
    }

    [LoggerMessage(1, LogLevel.Error, "the connection to Redis is lost  address={Address} reason={Reason}")]
    private partial void LogLost(string address, string reason);

    [LoggerMessage(2, LogLevel.Information, "the connection to Redis is mended  address={Address}")]
    private partial void LogMended(string address);

    [LoggerMessage(3, LogLevel.Debug, "the connection to Redis could not be mended  address={Address} reason={Reason} attempts={Attempts}")]
    private partial void LogNotMended(string address, string reason, int attempts);

    [LoggerMessage(4, LogLevel.Error, "a message from another node could not be handled  topic={Topic}")]
    private partial void LogHandlerFailed(Exception error, string topic);

    [LoggerMessage(5, LogLevel.Error, "the connection to Redis could not be looked after")]
    private partial void LogFailed(Exception error);
}
