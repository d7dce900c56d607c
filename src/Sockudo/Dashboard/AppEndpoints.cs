using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sockudo.Dashboard.Documents;
using Sockudo.Protocol;
using Sockudo.Protocol.Channels;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Apps;
using Sockudo.Server.Channels;
using Sockudo.Server.Hosting;
using Sockudo.Server.Http;
using Sockudo.Server.Inspection;
using Sockudo.Server.Options;

namespace Sockudo.Dashboard;

/// <summary>What the admin API tells of apps, their channels and their connections, and does to them.</summary>
/// <param name="server">The server.</param>
/// <param name="configured">The apps of the configuration; null if apps are in a database.</param>
/// <param name="options">Options.</param>
/// <param name="logger">Is told what was done.</param>
internal sealed partial class AppEndpoints(SockudoServer server, MemoryAppStore? configured, SockudoOptions options, ILogger logger)
{
    private static readonly ApiResponse NoConnection = ApiResponse.Error(404, "There is no such connection on this node (any more)");

    private readonly long _bodyLimit = options.HttpApi.RequestLimitInMb * 1024L * 1024;

    /// <summary>All apps of the configuration, or of a database those that this node has met.</summary>
    public async ValueTask<ApiResponse?> ListAsync(CancellationToken cancellationToken)
    {
        var scopes = new List<AppScope>();
        foreach (var id in configured is null ? server.Apps.Known.Select(static app => app.App.Id) : configured.Apps.Select(static app => app.Id))
        {
            if (await server.Apps.FindByIdAsync(id, cancellationToken).ConfigureAwait(false) is { } app)
                scopes.Add(app);
        }

        var channels = server.Hub.Statistics();
        var documents = scopes.OrderBy(static app => app.App.Id, StringComparer.Ordinal).Select(app => Describe(app, channels));
        return AdminApi.Json(new AppListDocument([.. documents], IsComplete: configured is not null), AdminJson.Default.AppListDocument);
    }

    /// <summary>One app.</summary>
    public ValueTask<ApiResponse?> DescribeAsync(string appId, CancellationToken cancellationToken) =>
        OfAsync(appId, app => AdminApi.Json(Describe(app, server.Hub.Statistics()), AdminJson.Default.AppDocument), cancellationToken);

    /// <summary>A page of the occupied channels of an app.</summary>
    public ValueTask<ApiResponse?> ChannelsAsync(string appId, RequestQuery query, CancellationToken cancellationToken) => OfAsync(appId, app =>
    {
        if (AdminApi.LimitOf(query, out var refusal) is not { } limit)
            return refusal;
        var page = server.Inspector.Channels(app, query.Find("prefix") ?? "", query.Find("after") ?? "", limit);
        var document = new ChannelListDocument([.. page.Items.Select(OccupiedChannelDocument.Of)], page.Total, page.HasMore ? page.Items[^1].Name : null);
        return AdminApi.Json(document, AdminJson.Default.ChannelListDocument);
    }, cancellationToken);

    /// <summary>One channel.</summary>
    public ValueTask<ApiResponse?> ChannelAsync(string appId, string channel, CancellationToken cancellationToken) => OfAsync(
        appId,
        app => !ChannelName.KindOf(channel).IsUser && server.Inspector.Channel(app, channel) is { } found
            ? AdminApi.Json(OccupiedChannelDocument.Of(found), AdminJson.Default.OccupiedChannelDocument)
            : ApiResponse.Error(404, "Nobody is subscribed to this channel"),
        cancellationToken);

    /// <summary>A page of the users of a presence channel.</summary>
    public ValueTask<ApiResponse?> MembersAsync(string appId, string channel, RequestQuery query, CancellationToken cancellationToken) => OfAsync(appId, app =>
    {
        if (AdminApi.LimitOf(query, out var refusal) is not { } limit)
            return refusal;
        if (!ChannelName.KindOf(channel).IsPresence)
            return ApiResponse.Error(400, "Only presence channels have members");
        var page = server.Inspector.Members(app, channel, query.Find("after"), limit);
        var showsInfo = server.Tail.ShowsPayloadsOf(app.App.Id);
        var members = page.Items.Select(member => new MemberDocument(
            member.User.Id, showsInfo && member.User.Info is { } info ? Encoding.UTF8.GetString(info) : null, member.Connections, member.OtherNodes));
        var document = new MemberListDocument([.. members], page.Total, page.HasMore ? page.Items[^1].User.Id : null);
        return AdminApi.Json(document, AdminJson.Default.MemberListDocument);
    }, cancellationToken);

    /// <summary>A page of the connections of an app to this node.</summary>
    public ValueTask<ApiResponse?> ConnectionsAsync(string appId, RequestQuery query, CancellationToken cancellationToken) => OfAsync(appId, app =>
    {
        if (AdminApi.LimitOf(query, out var refusal) is not { } limit)
            return refusal;
        if (!TryReadPlace(query.Find("after"), out var after))
            return ApiResponse.Error(400, "after must be the value of next of another page");
        var page = server.Inspector.Connections(app, after, limit);
        var document = new ConnectionListDocument(
            [.. page.Items.Select(ConnectionDocument.Of)], page.Total, page.HasMore ? PlaceOf(page.Items[^1]) : null);
        return AdminApi.Json(document, AdminJson.Default.ConnectionListDocument);
    }, cancellationToken);

    /// <summary>One connection.</summary>
    public ValueTask<ApiResponse?> ConnectionAsync(string appId, string socketId, CancellationToken cancellationToken) => OfAsync(
        appId,
        app => server.Inspector.Connection(app, socketId) is { } found ? AdminApi.Json(ConnectionDocument.Of(found), AdminJson.Default.ConnectionDocument) : NoConnection,
        cancellationToken);

    /// <summary>A page of the channels that a connection is subscribed to.</summary>
    public ValueTask<ApiResponse?> ChannelsOfAsync(string appId, string socketId, RequestQuery query, CancellationToken cancellationToken) => OfAsync(appId, app =>
    {
        if (AdminApi.LimitOf(query, out var refusal) is not { } limit)
            return refusal;
        if (server.Inspector.ChannelsOf(app, socketId) is not { } all)
            return NoConnection;
        var after = query.Find("after") ?? "";
        List<string> page = [.. all.SkipWhile(name => string.CompareOrdinal(name, after) <= 0).Take(limit)];
        var hasMore = page.Count > 0 && page[^1] != all[^1];
        return AdminApi.Json(new NameListDocument(page, all.Count, hasMore ? page[^1] : null), AdminJson.Default.NameListDocument);
    }, cancellationToken);

    /// <summary>Closes a connection of this node.</summary>
    public ValueTask<ApiResponse?> TerminateAsync(HttpContext context, string appId, string socketId) => OfAsync(appId, app =>
    {
        if (!server.Inspector.Terminate(app, socketId))
            return NoConnection;
        LogTerminated(logger, appId, socketId, DashboardAccess.AddressOf(context));
        return ApiResponse.Ok;
    }, context.RequestAborted);

    /// <summary>Publishes an event.</summary>
    public async ValueTask<ApiResponse?> PublishAsync(HttpContext context, string appId)
    {
        using var body = await AdminApi.ReadBodyAsync(context, _bodyLimit).ConfigureAwait(false);
        if (body is null)
            return ApiResponse.Error(413, $"The body of a request may have at most {_bodyLimit} bytes") with { ClosesConnection = true };
        if (await server.Apps.FindByIdAsync(appId, context.RequestAborted).ConfigureAwait(false) is not { } app)
            return NoApp(appId);
        var answer = await server.PublishAsync(app, body.Bytes, context.RequestAborted).ConfigureAwait(false);
        if (answer.Status == 200)
            LogPublished(logger, appId, DashboardAccess.AddressOf(context));
        return answer;
    }

    private async ValueTask<ApiResponse?> OfAsync(string appId, Func<AppScope, ApiResponse> answer, CancellationToken cancellationToken) =>
        await server.Apps.FindByIdAsync(appId, cancellationToken).ConfigureAwait(false) is { } app ? answer(app) : NoApp(appId);

    private AppDocument Describe(AppScope scope, IReadOnlyList<ChannelStatistics> channels)
    {
        var app = scope.App;
        var here = scope.Counters.ConnectionsOpened - scope.Counters.ConnectionsClosed;
        var own = channels.Where(group => group.AppId == app.Id && !group.Kind.IsUser).ToList();
        return new AppDocument(
            app.Id, app.Key, app.Enabled, FeaturesDocument.Of(app), LimitsDocument.Of(scope.Limits), app.Webhooks.Count, server.Tail.ShowsPayloadsOf(app.Id),
            new Spread(here, here + scope.PeerConnections), own.Sum(static group => group.Channels), own.Sum(static group => group.Subscriptions),
            TotalsDocument.Of([scope.Counters]));
    }

    private static ApiResponse NoApp(string appId) => ApiResponse.Error(404, $"There is no app \"{PusherError.Shorten(appId)}\"");

    private static string PlaceOf(ConnectionListing connection) => string.Create(CultureInfo.InvariantCulture, $"{connection.Number}-{connection.SocketId}");

    private static bool TryReadPlace(string? text, out (long Number, string SocketId)? place)
    {
        place = null;
        if (text is null)
            return true;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        place = (number, text[(dash + 1)..]);
        return true;
    }

    [LoggerMessage(1, LogLevel.Information, "a connection was closed by the dashboard  app={App} socket={Socket} address={Address}")]
    private static partial void LogTerminated(ILogger logger, string app, string socket, string address);

    [LoggerMessage(2, LogLevel.Information, "an event was published by the dashboard  app={App} address={Address}")]
    private static partial void LogPublished(ILogger logger, string app, string address);
}
