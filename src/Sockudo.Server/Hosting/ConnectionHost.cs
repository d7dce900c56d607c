using Microsoft.Extensions.Logging;
using Sockudo.Protocol;
using Sockudo.Protocol.Messages;
using Sockudo.Server.Connections;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Hosting;

/// <summary>Runs accepted WebSockets from the first message to the end, whatever transport they came by.</summary>
internal sealed partial class ConnectionHost(
    ConnectionSettings settings, ConnectionRegistry connections, Dispatcher dispatcher, ILogger logger)
{
    public ConnectionSettings Settings { get; } = settings;

    /// <summary>
    /// Lives as long as the connection. An admitted one is greeted (C-11) and its messages are handled; a refused one gets
    /// its error and is closed (C-6).
    /// </summary>
    public Task RunAsync(Connection connection, AdmissionResult admission)
    {
        connections.Add(connection);
        return admission.IsAdmitted
            ? ServeAsync(connection, new Session(admission.Scope, admission.Key, connection, dispatcher, Settings.Clock.Now, admission.CountsAgainstQuota) { Client = admission.Client })
            : RefuseAsync(connection, admission.Refusal);
    }

    private async Task ServeAsync(Connection connection, Session session)
    {
        var opened = logger.IsEnabled(LogLevel.Debug);
        if (opened)
            LogOpened(logger, session.Scope.App.Id, session.SocketId);
        try
        {
            // The app may have changed since it was looked up; from now on whoever sees it change sees this connection too.
            session.CloseIfRefused();
            session.Send(ServerMessages.ConnectionEstablished(session.SocketId, Settings.ActivityTimeoutSeconds));
            using var reader = new ConnectionReader(connection, Settings);
            await reader.RunAsync(session).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A bug in a handler ends this connection, not the server.
            LogFailed(logger, session.Scope.App.Id, session.SocketId, exception);
            connection.Abort();
        }
        finally
        {
            connections.Remove(connection);
            connections.Release();
            if (opened)
                LogClosed(logger, session.Scope.App.Id, session.SocketId, connection.CloseReason?.Message ?? "the client left");
        }
    }

    private async Task RefuseAsync(Connection connection, PusherError refusal)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            LogRefused(logger, refusal.Code);
        try
        {
            using var reader = new ConnectionReader(connection, Settings);
            await reader.RefuseAsync(refusal).ConfigureAwait(false);
        }
        finally
        {
            connections.Remove(connection);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "connection opened  app={App} socket={Socket}")]
    private static partial void LogOpened(ILogger logger, string app, string socket);

    [LoggerMessage(2, LogLevel.Debug, "connection closed  app={App} socket={Socket} reason={Reason}")]
    private static partial void LogClosed(ILogger logger, string app, string socket, string reason);

    [LoggerMessage(3, LogLevel.Debug, "connection refused  code={Code}")]
    private static partial void LogRefused(ILogger logger, int? code);

    [LoggerMessage(4, LogLevel.Error, "a message could not be handled; its connection is cut off  app={App} socket={Socket}")]
    private static partial void LogFailed(ILogger logger, string app, string socket, Exception exception);
}
