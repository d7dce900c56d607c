using Sockudo.Protocol.Json;

namespace Sockudo.Protocol.Messages;

/// <summary>The <c>data</c> of <c>pusher:subscribe</c>, <c>pusher:unsubscribe</c> and <c>pusher:signin</c>.</summary>
internal static class DataObject
{
    /// <summary>
    /// The JSON text of the object: the value itself, or, when it is a string, that string decoded once more (F-5).
    /// Empty when it is neither.
    /// </summary>
    public static ReadOnlySpan<byte> JsonOf(JsonValue data)
    {
        if (data.IsObject)
            return data.Raw;
        return data.TryGetUtf8(out var text) ? text : [];
    }
}
