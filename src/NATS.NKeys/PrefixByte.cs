namespace NATS.NKeys;

/// <summary>What a key is for: its first byte, chosen so that base32 makes it a telling first letter.</summary>
public enum PrefixByte : byte
{
    /// <summary>An account: <c>A</c>.</summary>
    Account = 0,

    /// <summary>A cluster: <c>C</c>.</summary>
    Cluster = 2 << 3,

    /// <summary>A server: <c>N</c>.</summary>
    Server = 13 << 3,

    /// <summary>An operator: <c>O</c>.</summary>
    Operator = 14 << 3,

    /// <summary>A user: <c>U</c>.</summary>
    User = 20 << 3,
}
