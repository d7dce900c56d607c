using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Protocol.Json;
using Sockudo.Protocol.Messages;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Channels;
using Sockudo.Server.Cluster;

namespace Sockudo.Server.Sessions;

/// <summary><c>pusher:signin</c> (sections 10.1 and 11.1). Every request is answered (U-8), and none closes the connection (U-4).</summary>
internal sealed partial class SignInHandler(Hub hub, ChannelTopics? topics, ILogger logger)
{
    private static readonly PusherError NotEnabled = new(null, "User authentication is not enabled for this app");
    private static readonly PusherError Incomplete = new(null, "Invalid signin: data must be an object with auth and user_data");

    private static readonly PusherError WatchlistCut =
        new(4302, "Watchlist limit exceeded. Only the first 100 user IDs are accepted.");

    /// <summary>Handles one request; <paramref name="data"/> is not used any more once this has returned.</summary>
    public ValueTask SignInAsync(Session session, JsonValue data)
    {
        var app = session.Scope.App;
        if (!app.EnableUserAuthentication)
        {
            session.Send(ServerMessages.Error(NotEnabled));
            return default;
        }

        if (Verify(session, data, out var text, out var error) is not { } user)
        {
            session.Send(ServerMessages.Error(error!));
            if (logger.IsEnabled(LogLevel.Debug))
                LogRefused(logger, app.Id, session.SocketId);
            return default;
        }

        if (!session.Authorize())
            return default;
        if (session.User is null && topics?.AcquireAsync(Hub.UserChannel(session.Scope, user.Id)) is { IsCompleted: false } acquiring)
            return SignInAsync(session, user, text, acquiring);
        SignIn(session, user, text);
        return default;
    }

    // What other nodes send to the user must arrive here before the client is told that it is signed in.
    private async ValueTask SignInAsync(Session session, UserData user, string text, Task acquiring)
    {
        await acquiring.ConfigureAwait(false);
        SignIn(session, user, text);
    }

    private void SignIn(Session session, UserData user, string text)
    {
        var app = session.Scope.App;
        // WL-4: "the error before signin_success", because an error after it would fail a pending subscribe (C-10).
        if (app.EnableWatchlistEvents && user.WatchlistWasCut)
            session.Send(ServerMessages.Error(WatchlistCut));

        var success = ServerMessages.SignInSucceeded(text);
        if (session.User is { } current)
        {
            // U-5: fresh data replaces the old.
            session.Send(success);
            current.Data = user;
        }
        else
        {
            var subscription = hub.SignIn(Hub.UserChannel(session.Scope, user.Id), session.Connection, success);
            session.User = new SignedInUser(user, subscription);
        }

        WatchAnew(session, user);
        if (logger.IsEnabled(LogLevel.Debug))
            LogSignedIn(logger, app.Id, session.SocketId);
    }

    private static UserData? Verify(Session session, JsonValue data, out string text, out PusherError? error)
    {
        var app = session.Scope.App;
        text = "";
        error = Incomplete;
        if (data.IsAbsent || SignInRequest.Parse(data) is not { } request)
            return null;
        if (request.UserData is not { } userData)
            return null;
        text = userData;
        error = SocketAuth.Check(request.Auth, app.Key, session.Scope.SigningKey, SocketAuth.UserString(session.SocketId, userData));
        if (error is not null || UserData.Parse(userData, out error) is not { } user)
            return null;
        if (session.User is { } current && current.Data.Id != user.Id)
        {
            error = new PusherError(null, "Already signed in as another user"); // U-5
            return null;
        }

        return user;
    }

    private void WatchAnew(Session session, UserData user)
    {
        var signedIn = session.User!;
        if (signedIn.Watchlist is { } old)
        {
            hub.Unwatch(session.Scope, old);
            signedIn.Watchlist = null;
        }

        if (!session.Scope.App.EnableWatchlistEvents || user.Watchlist.Count == 0)
            return;
        var watchlist = new Watchlist(session, user.Watchlist);
        signedIn.Watchlist = watchlist;
        hub.Watch(session.Scope, watchlist);
        watchlist.Start();
    }

    [LoggerMessage(1, LogLevel.Debug, "signed in  app={App} socket={Socket}")]
    private static partial void LogSignedIn(ILogger logger, string app, string socket);

    [LoggerMessage(2, LogLevel.Debug, "sign-in refused  app={App} socket={Socket}")]
    private static partial void LogRefused(ILogger logger, string app, string socket);
}
