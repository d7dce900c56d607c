// NOTE: see NOTE-FROM-THE-LEAD.md in this folder before you go on: no own Redis client, use StackExchange.Redis.
using System.Text;
using Sockudo.Server.Backends;

namespace Sockudo.Redis;

/// <summary>
/// Two connections that carry the messages of one master: one to publish, and one to listen, so that a flood of messages does not hold up what is
/// published. They live and die together.
/// </summary>
internal sealed class RedisLink : IRespReceiver, IAsyncDisposable
{
    // Short against the time after which a silent node is taken for dead; a few bytes.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);

    private readonly RespClient _publishing;
    private readonly RespClient _listening;
    private readonly RedisBus _bus;
    private readonly bool _isSharded;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    private RedisLink(RespClient publishing, RespClient listening, RedisBus bus, bool isSharded, TimeSpan patience, TimeProvider time)
    {
        _publishing = publishing;
        _listening = listening;
        _bus = bus;
        _isSharded = isSharded;
        _patience = patience;
        _time = time;
    }

    /// <summary>The master.</summary>
    public RedisAddress Address => _publishing.Address;

    /// <summary>Both connections work, as far as is known.</summary>
    public bool IsUp => Failure is null;

    /// <summary>Why the link has ended; null while it has not.</summary>
    public BackendException? Failure => _publishing.Failure ?? _listening.Failure;

    /// <summary>
    /// The server has said of some subscription that it does not belong there, without saying of which: all that it has not confirmed must be looked
    /// at again. Guarded by the lock of the bus.
    /// </summary>
    public bool HasRefused { get; set; }

    /// <summary>Connects, and makes sure that publishing and subscribing are allowed.</summary>
    /// <param name="publishing">Knows how to reach the master.</param>
    /// <param name="master">The master.</param>
    /// <param name="listening">Knows how to reach the server to listen to; null = the master.</param>
    /// <param name="bus">Is told what comes.</param>
    /// <param name="prefix">What the names of all channels begin with.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">It cannot be used.</exception>
    public static async Task<RedisLink> OpenAsync(
        RedisServers publishing, RedisAddress master, RedisServers? listening, RedisBus bus, string prefix, TimeProvider time, CancellationToken cancellationToken)
    {
        var isSharded = publishing.Settings.IsCluster;
        var publisher = await publishing.ConnectAsync(master, mustBeMaster: true, cancellationToken).ConfigureAwait(false);
        RespClient? listener = null;
        try
        {
            listener = listening is null
                ? await publishing.ConnectAsync(master, mustBeMaster: false, cancellationToken).ConfigureAwait(false)
                : await listening.ConnectAsync(listening.Settings.Servers[0], mustBeMaster: false, cancellationToken).ConfigureAwait(false);
            await CheckRightsAsync(publishing, publisher, listening ?? publishing, listener, prefix, isSharded, cancellationToken).ConfigureAwait(false);
            return new RedisLink(publisher, listener, bus, isSharded, publishing.CommandTimeout, time);
        }
        catch
        {
            if (listener is not null)
                await listener.DisposeAsync().ConfigureAwait(false);
            await publisher.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>From now on the bus is told what comes, and in the end that this is the end.</summary>
    public void Start()
    {
        _listening.Listen(this);
        _watching = WatchAsync();
    }

    /// <summary>Sends a message; the answer says how many heard it, or is an error.</summary>
    public Task<RespReply> PublishAsync(ReadOnlySpan<byte> name, ReadOnlySpan<byte> message) =>
        _publishing.CallAsync(_isSharded ? "SPUBLISH"u8 : "PUBLISH"u8, name, message);

    public void Subscribe(ReadOnlySpan<byte> name) => _listening.Send(_isSharded ? "SSUBSCRIBE"u8 : "SUBSCRIBE"u8, name);

    public void Unsubscribe(ReadOnlySpan<byte> name) => _listening.Send(_isSharded ? "SUNSUBSCRIBE"u8 : "UNSUBSCRIBE"u8, name);

    /// <summary>Ends both connections, soon.</summary>
    public void Abort(string reason)
    {
        _listening.Abort(reason);
        _publishing.Abort(reason);
    }

    public void OnPush(RespPush push) => _bus.OnPush(this, push);

    public void OnRefusal(string error)
    {
        if (!_bus.OnRefusal(this, error))
            Abort("refuses a subscription: " + error);
    }

    public async ValueTask DisposeAsync()
    {
        Abort("is not used any more");
        await _watching.ConfigureAwait(false);
    }

    private async Task WatchAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pinging = Task.WhenAll(PingAsync(_listening, "PING"), PingAsync(_publishing, "HELLO"));
        await Task.WhenAny(_listening.Ended, _publishing.Ended).ConfigureAwait(false);
        Abort("is left because the other connection to it has ended");
        await _end.CancelAsync().ConfigureAwait(false);
        await pinging.ConfigureAwait(false);
        await _listening.DisposeAsync().ConfigureAwait(false);
        await _publishing.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
        _bus.OnLinkEnded(this);
    }

    // Nothing else tells of a server that has stopped or cannot be reached any more. HELLO also says whether it is still a master.
    private async Task PingAsync(RespClient client, string command)
    {
        try
        {
            while (true)
            {
                await Task.Delay(PingInterval, _time, _end.Token).ConfigureAwait(false);
                var answer = await client.CallAsync(command).WaitAsync(_patience, _time, _end.Token).ConfigureAwait(false);
                if (answer.IsError)
                    client.Abort("does not answer: " + answer.Text);
                if (client == _publishing && answer["role"] is not (null or "master"))
                    client.Abort("is not the master any more");
            }
        }
        catch (TimeoutException e)
        {
            client.Abort("does not answer", e);
        }
        catch (Exception e) when (e is BackendException or OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    // Rights are asked for here, because later nobody is there to be told. Nobody else hears this message.
    private static async Task CheckRightsAsync(
        RedisServers publishing, RespClient publisher, RedisServers listening, RespClient listener, string prefix, bool isSharded,
        CancellationToken cancellationToken)
    {
        var name = prefix + "probe";
        var published = await publishing.CallAsync(publisher, cancellationToken, isSharded ? "SPUBLISH" : "PUBLISH", name, "").ConfigureAwait(false);
        if (published.IsError)
            Check(published.Text!, publishing, publisher);
        var probe = new RedisProbe();
        listener.Listen(probe);
        var bytes = Encoding.UTF8.GetBytes(name);
        listener.Send(isSharded ? "SSUBSCRIBE"u8 : "SUBSCRIBE"u8, bytes);
        var refusal = await probe.Outcome.WaitAsync(listening.CommandTimeout, cancellationToken).ConfigureAwait(false);
        if (refusal is null)
            listener.Send(isSharded ? "SUNSUBSCRIBE"u8 : "UNSUBSCRIBE"u8, bytes);
        else
            Check(refusal, listening, listener);

        // The probe may belong to another node of the cluster, which says so only to those who have the right.
        void Check(string error, RedisServers servers, RespClient client)
        {
            if (!error.StartsWith("MOVED ", StringComparison.Ordinal))
            {
                throw new BackendException(
                    $"Redis {client.Address} does not let us use channels that begin with {prefix}: {error} ({servers.Settings.CredentialKeys})",
                    error.StartsWith("NOPERM", StringComparison.Ordinal));
            }
        }
    }
}
