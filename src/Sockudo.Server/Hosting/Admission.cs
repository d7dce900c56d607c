using System.Globalization;
using System.Net;
using Sockudo.Protocol;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Connections;
using Sockudo.Server.Health;
using Sockudo.Server.Limits;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;
using Sockudo.Server.Sessions;

namespace Sockudo.Server.Hosting;

/// <summary>Decides whether a WebSocket may stay (section 1.2). It is accepted first either way (C-6).</summary>
internal sealed class Admission(
    AppRegistry apps, AddressLimiter limiter, NodeHealth health, ConnectionRegistry connections, ServerMetrics metrics, SockudoOptions options)
{
    private readonly int _trustHops = options.RateLimiter.WebsocketRateLimit.TrustHops;
    private readonly PusherError _overQuota = PusherError.OverQuota(options.Websocket.QuotaCloseCode);

    /// <summary>
    /// Makes the checks of C-6b in their order. Who is admitted holds a place on the node, and one of the app's quota
    /// where it counts from the beginning.
    /// </summary>
    /// <param name="target">The app key and protocol asked for.</param>
    /// <param name="request">The opening handshake.</param>
    /// <param name="peer">The other end of the TCP connection; null on a Unix socket.</param>
    /// <param name="isTls">The connection itself is encrypted.</param>
    public async ValueTask<AdmissionResult> AdmitAsync(ConnectTarget target, UpgradeRequest request, IPAddress? peer, bool isTls)
    {
        var address = ClientAddress.Resolve(peer, request.ForwardedFor, request.RealIp, _trustHops);
        var rate = await limiter.AcquireAsync(address, CancellationToken.None).ConfigureAwait(false);

        if (health.IsDraining)
            return Refuse(PusherError.ReconnectImmediately, ConnectionErrorType.Draining, rate);
        if (!rate.IsAllowed)
            return Refuse(PusherError.OverCapacity, ConnectionErrorType.RateLimited, rate);
        if (health.IsOverMemoryThreshold || !connections.TryReserve(options.Websocket.MaxConnections))
            return Refuse(PusherError.OverCapacity, ConnectionErrorType.OverCapacity, rate);

        var result = await AdmitToAppAsync(target, request, isTls, rate).ConfigureAwait(false);
        if (!result.IsAdmitted)
        {
            connections.Release();
            return result;
        }

        return options.Dashboard.Enabled
            ? result with { Client = new RemoteClient(ClientAddress.Find(peer, request.ForwardedFor, request.RealIp, _trustHops), request.Origin) }
            : result;
    }

    /// <summary>Gives back what an admitted connection holds that broke before it could be run.</summary>
    public void Withdraw(AdmissionResult result)
    {
        if (!result.IsAdmitted)
            return;
        connections.Release();
        if (result.CountsAgainstQuota)
            result.Scope.RemoveConnection();
    }

    private async ValueTask<AdmissionResult> AdmitToAppAsync(ConnectTarget target, UpgradeRequest request, bool isTls, RateLimitDecision rate)
    {
        if (CheckProtocol(target.Protocol) is { } unsupported)
            return Refuse(unsupported, ConnectionErrorType.ProtocolVersion, rate);

        AppScope? scope;
        try
        {
            scope = await apps.FindByKeyAsync(target.Key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppStoreUnavailableException)
        {
            return Refuse(PusherError.OverCapacity, ConnectionErrorType.OverCapacity, rate);
        }

        if (scope is null)
            return Refuse(PusherError.UnknownKey(target.Key), ConnectionErrorType.AppNotFound, rate);
        var app = scope.App;
        if (!app.Enabled)
            return Refuse(PusherError.AppDisabled, ConnectionErrorType.AppDisabled, rate, scope);
        if (app.RequireTls && !isTls && !IsForwardedTls(request))
            return Refuse(PusherError.TlsRequired, ConnectionErrorType.TlsRequired, rate, scope);
        if (request.Origin is { } origin && app.AllowedOrigins.Count > 0 && !app.AllowedOrigins.Any(pattern => pattern.Matches(origin)))
            return Refuse(PusherError.OriginNotAllowed, ConnectionErrorType.Origin, rate, scope);

        // U-18: "Such connections do not count against the quota before" they have authorised.
        if (app.EnableAuthorizedConnections)
            return new AdmissionResult(scope, target.Key, CountsAgainstQuota: false, Refusal: null, rate);
        return scope.TryAddConnection()
            ? new AdmissionResult(scope, target.Key, CountsAgainstQuota: true, Refusal: null, rate)
            : Refuse(_overQuota, ConnectionErrorType.OverQuota, rate, scope);
    }

    // C-3.
    private PusherError? CheckProtocol(string? protocol)
    {
        if (protocol is null)
            return options.Websocket.StrictProtocol ? PusherError.NoProtocol : null;
        return int.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version is >= 4 and <= 7
            ? null
            : PusherError.UnsupportedProtocol;
    }

    // Believed only from a trusted proxy; with several of them the nearest one speaks last.
    private bool IsForwardedTls(UpgradeRequest request) =>
        _trustHops > 0 && request.ForwardedProto?.Split(',')[^1].Trim() is { } proto
        && (proto.Equals("https", StringComparison.OrdinalIgnoreCase) || proto.Equals("wss", StringComparison.OrdinalIgnoreCase));

    private AdmissionResult Refuse(PusherError error, ConnectionErrorType type, RateLimitDecision rate, AppScope? scope = null)
    {
        (scope?.Counters ?? metrics.NoApp).ConnectionError(type);
        return new AdmissionResult(null, "", CountsAgainstQuota: false, error, rate);
    }
}
