using System.Buffers;
using System.Security.Authentication;
using System.Threading.Channels;
using NATS.Client.Core;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Nats;

/// <summary>
/// One connection to one server, from its opening to its end; there is no way back. One loop writes, so that everything goes out in the order of the calls.
/// Core NATS does not acknowledge, but it reads in order: when the PONG to a PING is here, the server has read whatever was written before. One PING is
/// under way at a time, and what is written meanwhile shares the next one.
/// </summary>
internal sealed class NatsLink : IAsyncDisposable
{
    // The largest message that a bus must carry is 256 KiB and some framing; the rest is room for more.
    private const int SmallestMaxPayload = 512 * 1024;

    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private readonly NatsSubjects _subjects;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly TopicReceiver _receiver;
    private readonly Action<NatsLink> _onBroken;
    private readonly LinkSocket _socket;
    private readonly NatsConnection _connection;

    // What is subscribed to; only the loop that writes touches it.
    private readonly Dictionary<string, TopicSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly Channel<LinkCommand?> _commands = Channel.CreateUnbounded<LinkCommand?>(new UnboundedChannelOptions { SingleReader = true });

    // Ends whatever waits for the library, which would wait for a connection to come. Never disposed of: who breaks and who disposes may be at it together.
    private readonly CancellationTokenSource _broken = new();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _writing = Task.CompletedTask;
    private volatile bool _isPinging;
    private string? _reason;
    private int _maxPayload;
    private long _received;

    private NatsLink(
        NatsServerAddress server,
        AdapterNatsOptions options,
        string clientName,
        NatsSubjects subjects,
        TimeProvider time,
        Action<NatsLink, string, ReadOnlySequence<byte>> onMessage,
        Action<NatsLink> onBroken)
    {
        Server = server;
        _subjects = subjects;
        _time = time;
        _patience = TimeSpan.FromMilliseconds(options.ConnectionTimeoutMs);
        _onBroken = onBroken;
        _receiver = (topic, message) =>
        {
            Volatile.Write(ref _received, _received + 1);
            onMessage(this, topic, message);
        };
        var (login, tls) = (NatsLogin.For(server, options), NatsTls.For(server, options.Tls));
        _socket = new LinkSocket(server);
        _connection = new NatsConnection(new NatsOpts
        {
            Url = server.ToString(),
            Name = clientName,
            AuthOpts = login,
            TlsOpts = tls,
            SocketConnectionFactory = _socket,
            ConnectTimeout = _patience,
            CommandTimeout = _patience,
            PingInterval = PingInterval,
            // By default the library subscribes to an inbox for answers, which nobody here asks for and not every user may.
            RequestReplyMode = NatsRequestReplyMode.SharedInbox,
        });
        _connection.ConnectionDisconnected += (_, _) => Ended("the connection was closed");
        // Whatever the server complains of, it has not done something that it was told to do.
        _connection.ServerError += (_, error) => Ended(error.Error);

        ValueTask Ended(string reason)
        {
            Break(reason);
            return ValueTask.CompletedTask;
        }
    }

    public NatsServerAddress Server { get; }

    /// <summary>The other servers of the cluster, as far as this one has announced them.</summary>
    public IReadOnlyList<NatsServerAddress> Announced =>
        [.. (_connection.ServerInfo?.ClientConnectUrls ?? []).Select(Server.Announced).OfType<NatsServerAddress>()];

    /// <summary>Completes, with the reason, when the connection has ended.</summary>
    public Task<string> Closed => _closed.Task;

    public bool IsBroken => Volatile.Read(ref _reason) is not null;

    /// <summary>Connects, and sends a message around: what comes back shows that this user may publish and subscribe.</summary>
    /// <param name="server">The server.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="subjects">Spelling of the topics.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onMessage">Is given the messages, one at a time. Must not throw.</param>
    /// <param name="onBroken">Is told of the end of the connection, before anybody who waits for a confirmation.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackendException">The server cannot be used.</exception>
    public static async Task<NatsLink> OpenAsync(
        NatsServerAddress server,
        AdapterNatsOptions options,
        string node,
        NatsSubjects subjects,
        TimeProvider time,
        Action<NatsLink, string, ReadOnlySequence<byte>> onMessage,
        Action<NatsLink> onBroken,
        CancellationToken cancellationToken)
    {
        var link = new NatsLink(server, options, $"sockudo-{node}", subjects, time, onMessage, onBroken);
        try
        {
            await link.OpenAsync($"node:{node}", cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch (Exception exception)
        {
            var refusal = link.Refusal(exception);
            await link.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw refusal;
        }
    }

    /// <summary>Publishes; completes when the server has the message.</summary>
    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        // The server would end the connection.
        if (message.Length > _maxPayload)
            throw new BackendException($"NATS at {Server} takes no message of {message.Length} bytes (max_payload in the server's configuration)");
        var command = new PublishCommand(_connection, _subjects.Of(topic), message, _broken.Token);
        Enqueue(command);
        return cancellationToken.CanBeCanceled ? command.WaitAsync(cancellationToken) : new ValueTask(command.Task);
    }

    /// <summary>Subscribes; completes when the subscriptions are in force.</summary>
    public Task SubscribeAsync(IReadOnlyList<string> topics)
    {
        if (topics.Count == 0)
            return Task.CompletedTask;
        return Enqueue(new SubscribeCommand(_connection, _subscriptions, topics, _subjects, _receiver, _broken.Token));
    }

    /// <summary>Ends a subscription; completes when it has ended.</summary>
    public Task UnsubscribeAsync(string topic) => Enqueue(new UnsubscribeCommand(_subscriptions, topic));

    public async ValueTask DisposeAsync()
    {
        Break("stopped");
        await _writing.ConfigureAwait(false);
        try
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // There is nothing left to be saved of it.
        }
    }

    private async Task OpenAsync(string probeTopic, CancellationToken cancellationToken)
    {
        await _connection.ConnectAsync().AsTask().WaitAsync(_patience, _time, cancellationToken).ConfigureAwait(false);
        _maxPayload = _connection.ServerInfo?.MaxPayload ?? 0;
        if (_maxPayload < SmallestMaxPayload)
            throw new BackendException(
                $"NATS at {Server} cannot be used: its max_payload is {_maxPayload}, and at least {SmallestMaxPayload} is needed (max_payload in the server's configuration)",
                isPermanent: true);

        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subject = _subjects.Of(probeTopic);
        var probe = new TopicSubscription(_connection, subject, probeTopic, (_, _) => arrived.TrySetResult());
        await _connection.AddSubAsync(probe, _broken.Token).ConfigureAwait(false);
        await _connection.PublishAsync(subject, cancellationToken: _broken.Token).ConfigureAwait(false);
        var first = await Task.WhenAny(arrived.Task, _closed.Task).WaitAsync(_patience, _time, cancellationToken).ConfigureAwait(false);
        if (first == _closed.Task)
            throw new NatsException(await _closed.Task.ConfigureAwait(false));
        await probe.UnsubscribeAsync().ConfigureAwait(false);
        _writing = WriteAsync();
    }

    private Task Enqueue(LinkCommand command)
    {
        if (!_commands.Writer.TryWrite(command))
            command.Fail(Lost());
        return command.Task;
    }

    private async Task WriteAsync()
    {
        var unconfirmed = new List<LinkCommand>();
        var confirming = Task.CompletedTask;
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync(_broken.Token).ConfigureAwait(false))
            {
                // Nothing to write, but a PONG has come.
                if (command is not null)
                {
                    unconfirmed.Add(command);
                    _broken.Token.ThrowIfCancellationRequested();
                    await command.WriteAsync().ConfigureAwait(false);
                }

                if (unconfirmed.Count == 0 || _isPinging)
                    continue;
                _isPinging = true;
                confirming = ConfirmAsync(unconfirmed);
                unconfirmed = [];
            }
        }
        catch (Exception exception)
        {
            Break(exception.Message);
        }

        await confirming.ConfigureAwait(false);
        while (_commands.Reader.TryRead(out var command))
        {
            if (command is not null)
                unconfirmed.Add(command);
        }

        foreach (var command in unconfirmed)
            command.Fail(Lost());
    }

    private async Task ConfirmAsync(List<LinkCommand> written)
    {
        try
        {
            await RoundTripAsync().ConfigureAwait(false);
            // The other servers of a cluster are told of a subscription when the PONG is sent, but nobody says when they have heard of it. They are
            // about as far away as this node is, so another round trip is nearly always time enough.
            if (_connection.ServerInfo?.ClientConnectUrls is { Length: > 1 } && written.Exists(static command => command is SubscribeCommand))
                await RoundTripAsync().ConfigureAwait(false);
            foreach (var command in written)
                command.TrySetResult();
            _isPinging = false;
            _commands.Writer.TryWrite(null);
        }
        catch (Exception exception)
        {
            Break(exception is TimeoutException ? NoAnswer : exception.Message);
            foreach (var command in written)
                command.Fail(Lost());
        }
    }

    private async Task RoundTripAsync()
    {
        var pong = _connection.PingAsync(_broken.Token).AsTask();
        while (true)
        {
            var received = Volatile.Read(ref _received);
            try
            {
                await pong.WaitAsync(_patience, _time, _broken.Token).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (received != Volatile.Read(ref _received))
            {
                // The PONG stands behind messages that are on their way here. As long as they come, the server is there.
            }
        }
    }

    private void Break(string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return;
        _onBroken(this);
        _commands.Writer.TryComplete();
        _socket.Close();
        _closed.TrySetResult(reason);
        _broken.Cancel();
    }

    private string NoAnswer => $"no answer within {_patience.TotalMilliseconds} ms";

    private BackendException Lost() => new($"the connection to NATS at {Server} is lost");

    private BackendException Refusal(Exception exception)
    {
        if (exception is BackendException refusal)
            return refusal;
        var chain = new List<Exception>();
        for (var cause = _socket.Failure ?? exception; cause is not null; cause = cause.InnerException)
            chain.Add(cause);
        // The first that is told is what the operator can do something about.
        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
            return Refused($"TLS: {tls.Message}", "adapter.nats.tls.*", isPermanent: true);
        if (chain.FirstOrDefault(static cause => cause.Message.Contains("TlsMode", StringComparison.Ordinal)) is not null)
            return Refused("it does not offer TLS", "adapter.nats.tls.enabled, adapter.nats.servers", isPermanent: true);
        var complaint = chain.OfType<NatsServerException>().FirstOrDefault()?.Error ?? _reason ?? "";
        if (complaint.StartsWith("Permissions Violation", StringComparison.OrdinalIgnoreCase))
            return Refused(complaint, "adapter.nats.prefix, and the permissions of the user", isPermanent: true);
        // Authorization Violation, User Authentication Expired, …; a timeout of it is one.
        if (complaint.Contains("Auth", StringComparison.OrdinalIgnoreCase) && !complaint.Contains("Timeout", StringComparison.OrdinalIgnoreCase))
            return Refused(complaint, "adapter.nats.username, .password, .token, .nkey_seed, .credentials_file, user info in adapter.nats.servers", isPermanent: true);
        return chain.Any(static cause => cause is TimeoutException or OperationCanceledException)
            ? Refused(NoAnswer, "adapter.nats.servers, adapter.nats.connection_timeout_ms", isPermanent: false)
            : Refused(chain[^1].Message, "adapter.nats.servers", isPermanent: false);

        BackendException Refused(string reason, string keys, bool isPermanent) =>
            new($"NATS at {Server} cannot be used: {reason} ({keys})", isPermanent, exception);
    }
}
