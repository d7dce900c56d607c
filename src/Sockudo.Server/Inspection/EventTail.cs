using Sockudo.Protocol.Json;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Apps;
using Sockudo.Server.Metrics;
using Sockudo.Server.Options;

namespace Sockudo.Server.Inspection;

/// <summary>
/// Lets people watch what is published on this node. Costs one read of a field while nobody does; a watcher who is slow misses events, which are counted, and
/// holds nobody up. Safe from any thread.
/// </summary>
internal sealed class EventTail(DashboardOptions options, TimeProvider time)
{
    /// <summary>Watchers at once.</summary>
    public const int MaxWatchers = 20;

    private const int MaxDataLength = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _shown = [.. options.ShowPayloads];
    private EventTailWatcher[] _watchers = [];

    /// <summary>Somebody watches: events must be told.</summary>
    public bool IsWatched => Volatile.Read(ref _watchers).Length > 0;

    /// <summary>Whether data of an app's events may be shown.</summary>
    public bool ShowsPayloadsOf(string appId) => _shown.Contains(appId);

    /// <summary>Begins to watch; null if there are too many watchers.</summary>
    /// <param name="appId">Events of this app only; null = of all.</param>
    /// <param name="prefix">Only those on channels whose names begin like this.</param>
    public EventTailWatcher? TryWatch(string? appId, string prefix)
    {
        lock (_gate)
        {
            if (_watchers.Length >= MaxWatchers)
                return null;
            var watcher = new EventTailWatcher(appId, prefix, Forget);
            Volatile.Write(ref _watchers, [.. _watchers, watcher]);
            return watcher;
        }
    }

    /// <summary>An event was accepted. To be called only if somebody watches.</summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="frame">The event.</param>
    /// <param name="source">Who has published it.</param>
    /// <param name="socketId">The connection that a client event came from; null for others.</param>
    public void Tell(AppScope app, string channel, Frame frame, EventSource source, string? socketId)
    {
        TailedEvent? told = null;
        foreach (var watcher in Volatile.Read(ref _watchers))
        {
            if (watcher.Wants(app.App.Id, channel))
                watcher.Tell(told ??= Describe(app.App.Id, channel, frame, source, socketId));
        }
    }

    private TailedEvent Describe(string appId, string channel, Frame frame, EventSource source, string? socketId)
    {
        string? name = null, data = null;
        var showsData = ShowsPayloadsOf(appId);
        var members = new JsonMembers(frame.Payload);
        // The name stands in front.
        while ((name is null || (showsData && data is null)) && members.Read())
        {
            if (members.NameIs("event"u8))
                members.Value.TryGetString(out name);
            else if (showsData && members.NameIs("data"u8))
                members.Value.TryGetString(out data);
        }

        var shown = data;
        if (data is { Length: > MaxDataLength })
            shown = data[..(char.IsHighSurrogate(data[MaxDataLength - 1]) ? MaxDataLength - 1 : MaxDataLength)];
        return new TailedEvent(time.GetUtcNow(), appId, channel, name ?? "", frame.PayloadLength, source, socketId, shown, shown?.Length < data?.Length);
    }

    private void Forget(EventTailWatcher watcher)
    {
        lock (_gate)
            Volatile.Write(ref _watchers, [.. _watchers.Where(other => other != watcher)]);
    }
}
