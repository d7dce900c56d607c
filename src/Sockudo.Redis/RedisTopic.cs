namespace Sockudo.Redis;

/// <summary>A topic that is subscribed to, or was a moment ago. Small: a node may have a hundred thousand. Guarded by the lock of the bus.</summary>
internal sealed class RedisTopic(string topic, byte[] name, ushort slot)
{
    /// <summary>As it was subscribed to.</summary>
    public string Topic { get; } = topic;

    /// <summary>The channel's name on the server.</summary>
    public byte[] Name { get; } = name;

    /// <summary>Hash slot; 0 outside of a cluster.</summary>
    public ushort Slot { get; } = slot;

    public RedisTopicState State { get; set; }

    /// <summary>The last call was to subscribe, not to unsubscribe.</summary>
    public bool IsWanted { get; set; }

    /// <summary>It was in force, and is not now, which nobody wanted.</summary>
    public bool IsMissed { get; set; }

    /// <summary>Where the command went, or the messages come from; null when idle.</summary>
    public RedisLink? Link { get; set; }

    /// <summary>Completes when the subscription is in force, or not wanted any more; null when nobody waits.</summary>
    public TaskCompletionSource? Waiting { get; set; }
}
