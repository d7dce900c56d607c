namespace Sockudo.Redis;

/// <summary>What the server says unasked. The bytes are gone after the call that is given them.</summary>
internal readonly ref struct RespPush(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> payload)
{
    /// <summary><c>message</c>, <c>subscribe</c>, ..., or with an <c>s</c> in front for sharded channels.</summary>
    public ReadOnlySpan<byte> Kind { get; } = kind;

    public ReadOnlySpan<byte> Channel { get; } = channel;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
