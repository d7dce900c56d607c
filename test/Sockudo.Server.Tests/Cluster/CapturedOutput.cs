using System.Text.Json.Nodes;
using Sockudo.Server.Connections;

namespace Sockudo.Server.Tests.Cluster;

/// <summary>A transport that takes everything and keeps the messages.</summary>
internal sealed class CapturedOutput : ConnectionOutput
{
    private readonly List<byte> _bytes = [];

    public override int TrySend(ReadOnlySpan<byte> data)
    {
        lock (_bytes)
            _bytes.AddRange(data);
        return data.Length;
    }

    public override ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data) => new(0);

    public override void Abort()
    {
        // Nobody to cut off.
    }

    /// <summary>Takes out the messages so far; close frames are skipped.</summary>
    public IReadOnlyList<JsonNode> Take()
    {
        byte[] bytes;
        lock (_bytes)
        {
            bytes = [.. _bytes];
            _bytes.Clear();
        }

        var messages = new List<JsonNode>();
        for (var next = 0; next < bytes.Length;)
        {
            var (header, length) = bytes[next + 1] switch
            {
                126 => (4, (bytes[next + 2] << 8) | bytes[next + 3]),
                127 => (10, (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(next + 2))),
                var small => (2, (int)small),
            };
            if ((bytes[next] & 0xF) == 1)
                messages.Add(JsonNode.Parse(bytes.AsSpan(next + header, length))!);
            next += header + length;
        }

        return messages;
    }
}
