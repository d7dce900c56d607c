using Sockudo.Protocol;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Connections;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;

namespace Sockudo.Server.Sessions;

/// <summary>
/// What one client has said and may say: its app, its socket id, its subscriptions, its sign-in. Belongs to the reader of
/// its connection: messages are handled one after the other, in the order received (F-13). Only <see cref="Send"/>,
/// <see cref="CloseIfRefused"/>, <see cref="Channels"/> and what can only be read may be used from elsewhere.
/// </summary>
internal sealed class Session
{
    private readonly string _key;
    private readonly Dispatcher _dispatcher;
    private bool _countsAgainstQuota;
    private bool _hasEnded;

    /// <param name="scope">The app.</param>
    /// <param name="key">The key by which the app was found.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="dispatcher">Handles the messages.</param>
    /// <param name="now">Milliseconds of the coarse clock.</param>
    /// <param name="countsAgainstQuota">A place of the app's quota is taken; false for one that must authorise first (U-18).</param>
    public Session(AppScope scope, string key, Connection connection, Dispatcher dispatcher, long now, bool countsAgainstQuota)
    {
        Scope = scope;
        Connection = connection;
        SocketId = Protocol.SocketId.Create();
        Since = now;
        _key = key;
        _dispatcher = dispatcher;
        _countsAgainstQuota = IsAuthorized = countsAgainstQuota;
        scope.Counters.ConnectionOpened();
    }

    public AppScope Scope { get; }

    public Connection Connection { get; }

    public string SocketId { get; }

    /// <summary>When the connection was accepted, in milliseconds of the coarse clock.</summary>
    public long Since { get; }

    /// <summary>U-18: signed in, subscribed to a channel that needs a signature, or not obliged to.</summary>
    public bool IsAuthorized { get; private set; }

    /// <summary>Who has signed in; null if nobody.</summary>
    public SignedInUser? User { get; set; }

    /// <summary>Where it comes from; null if that is not kept.</summary>
    public RemoteClient? Client { get; init; }

    /// <summary>Meters client events (CE-3).</summary>
    public TokenBucket ClientEvents;

    // Changed under the lock on this object, which no other code sees, so that others than the reader can look into it.
    private SubscriptionSet _subscriptions;

    /// <summary>Number of subscriptions, the hidden one to the user's channel not included.</summary>
    public int SubscriptionCount => _subscriptions.Count;

    /// <summary>The subscription to a channel; null if there is none. For the reader.</summary>
    public Subscription? FindSubscription(string channel) => _subscriptions.Find(channel);

    /// <summary>The connection has subscribed.</summary>
    public void Subscribed(Subscription subscription)
    {
        lock (this)
            _subscriptions.Add(subscription);
    }

    /// <summary>The connection is leaving a channel.</summary>
    public void Unsubscribed(Subscription subscription)
    {
        lock (this)
            _subscriptions.Remove(subscription);
    }

    /// <summary>The connection is leaving all its channels, which are returned.</summary>
    public List<Subscription> UnsubscribedFromAll()
    {
        lock (this)
            return [.. _subscriptions.Clear()];
    }

    /// <summary>Names of the channels that the connection is subscribed to, in no particular order. From any thread.</summary>
    public List<string> Channels()
    {
        lock (this)
            return _subscriptions.Names();
    }

    /// <summary>Handles one text message. The bytes are not used any more once this has returned.</summary>
    /// <param name="message">Well-formed UTF-8.</param>
    /// <returns>Completes when the next message may be handled.</returns>
    public ValueTask ReceiveAsync(ReadOnlySpan<byte> message)
    {
        Scope.Counters.MessageReceived(message.Length);
        return _dispatcher.DispatchAsync(this, message);
    }

    /// <summary>Queues a message for the client. Never waits; from any thread.</summary>
    public void Send(Frame frame)
    {
        Connection.Send(frame);
        Scope.Counters.MessagesSent(1, frame.PayloadLength);
    }

    /// <summary>
    /// The client has shown a signature of the app. From now on it counts against the quota (U-18); if that is used up, the
    /// connection is closed and false returned.
    /// </summary>
    public bool Authorize()
    {
        if (IsAuthorized)
            return true;
        if (!Scope.TryAddConnection())
        {
            Scope.Counters.ConnectionError(ConnectionErrorType.OverQuota);
            Connection.Close(_dispatcher.OverQuota);
            return false;
        }

        _countsAgainstQuota = true;
        IsAuthorized = true;
        return true;
    }

    /// <summary>Closes the connection if its app has been disabled, deleted or given another key since it was admitted. From any thread.</summary>
    public void CloseIfRefused()
    {
        if (Scope.RefusalOf(_key) is { } refusal)
            Connection.Close(refusal);
    }

    /// <summary>The connection has ended: leaves everything. May be called again.</summary>
    public void End()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _dispatcher.Leave(this);
        if (_countsAgainstQuota)
            Scope.RemoveConnection();
        Scope.Counters.ConnectionClosed();
        if (Connection.CloseReason is { } reason)
            CountReason(reason);
    }

    private void CountReason(PusherError reason)
    {
        if (reason == PusherError.SlowConsumer)
        {
            Scope.Counters.SlowConsumer();
            Scope.Counters.ConnectionError(ConnectionErrorType.SlowConsumer);
        }
        else if (reason == PusherError.NoPong)
        {
            Scope.Counters.ConnectionError(ConnectionErrorType.PongTimeout);
        }
        else if (reason == PusherError.NotAuthorizedInTime)
        {
            Scope.Counters.ConnectionError(ConnectionErrorType.AuthTimeout);
        }
        else if (reason == PusherError.ReconnectImmediately)
        {
            Scope.Counters.ConnectionError(ConnectionErrorType.Draining);
        }
    }
}
