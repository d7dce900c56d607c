namespace Sockudo.Redis;

/// <summary>What the server knows of a subscription. There is never more than one command on its way for it.</summary>
internal enum RedisTopicState : byte
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>It has been asked to begin.</summary>
    Beginning,

    /// <summary>It has said that messages come.</summary>
    InForce,

    /// <summary>It has been asked to end.</summary>
    Ending,
}
