namespace Sockudo.Server.Cluster;

/// <summary>What a node says of itself with a sign of life. The numbers are on the wire.</summary>
[Flags]
internal enum HeartbeatFlags : byte
{
    None = 0,

    /// <summary>It has just started: whoever hears this says that he is there.</summary>
    Hello = 1,

    /// <summary>It sends its clients away.</summary>
    Draining = 2,

    /// <summary>It is gone; what it had stays for a moment (CL-2b).</summary>
    Goodbye = 4,

    /// <summary>It is new, or was away, and reports nothing until it knows what has happened without it.</summary>
    CatchingUp = 8,
}
