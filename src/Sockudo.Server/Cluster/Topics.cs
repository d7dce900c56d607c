using Sockudo.Server.Channels;

namespace Sockudo.Server.Cluster;

/// <summary>The topics of the bus (storage.md 6.4); <see cref="IClusterBus"/> says how they are written.</summary>
internal static class Topics
{
    /// <summary>Signs of life, and what nodes say of themselves.</summary>
    public const string Directory = "dir";

    /// <summary>Events of cache channels, as long as each node keeps what it hears for itself.</summary>
    public const string Cache = "cache";

    /// <summary>For one node.</summary>
    public static string Node(NodeId node) => $"node:{node}";

    /// <summary>The events of a channel.</summary>
    public static string Channel(ChannelKey key)
    {
        var app = key.App.App.Id;
        if (app.AsSpan().ContainsAny('%', ':'))
            app = app.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal);
        return $"ch:{app}:{key.Name}";
    }
}
