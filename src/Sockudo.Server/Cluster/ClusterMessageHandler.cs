namespace Sockudo.Server.Cluster;

/// <summary>
/// Takes a message from the bus. Called in the order of the messages of a topic, one at a time per topic; calls for different topics may overlap. Must not
/// block, must not throw, and must not keep the bytes.
/// </summary>
/// <param name="topic">The topic as it was subscribed to.</param>
/// <param name="message">The message as it was published.</param>
public delegate void ClusterMessageHandler(string topic, ReadOnlySpan<byte> message);
