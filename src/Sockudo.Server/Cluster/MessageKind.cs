namespace Sockudo.Server.Cluster;

/// <summary>What a message between nodes is. The numbers are on the wire.</summary>
internal enum MessageKind : byte
{
    /// <summary>A sign of life, on the directory: name, number of the last delta, <see cref="HeartbeatFlags"/>.</summary>
    Heartbeat = 1,

    /// <summary>Changes of the sender's own state, on the directory: number, changes.</summary>
    Delta = 2,

    /// <summary>Asks one node for all of its state: name of who asks, number of the request.</summary>
    SnapshotRequest = 3,

    /// <summary>A part of the answer, to who asked.</summary>
    Snapshot = 4,

    /// <summary>An event for the subscribers of a channel.</summary>
    Event = 5,

    /// <summary>Asks all nodes to close the connections of a user, on the topic of his channel.</summary>
    Terminate = 6,

    /// <summary>The answer to that, to who asked.</summary>
    Terminated = 7,

    /// <summary>An app, or any of them, has changed in the database, on the directory: id, empty for any.</summary>
    AppsChanged = 8,

    /// <summary>A cache channel had nothing to replay, to the node that reports on it: app, channel.</summary>
    CacheMissed = 9,
}
