using System.Buffers;
using System.IO.Pipelines;

namespace Sockudo.Server.Http;

/// <summary>The body of a request, read once into a pooled buffer (G-8).</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>No body.</summary>
    public static readonly RequestBody Empty = new(default);

    private readonly byte[]? _buffer;

    private RequestBody(ReadOnlySequence<byte> received)
    {
        if (received.IsEmpty)
            return;
        _buffer = ArrayPool<byte>.Shared.Rent((int)received.Length);
        received.CopyTo(_buffer);
        Bytes = _buffer.AsMemory(0, (int)received.Length);
    }

    /// <summary>The bytes as received; not valid any more once this is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads all of it; null if it is longer than <paramref name="limit"/> bytes, which is noticed while reading.</summary>
    public static ValueTask<RequestBody?> ReadAsync(PipeReader reader, long limit, CancellationToken cancellationToken) =>
        // Mostly it came together with the head.
        reader.TryRead(out var result) && TryTake(reader, result, limit, out var body)
            ? new(body)
            : ReadRestAsync(reader, limit, cancellationToken);

    private static async ValueTask<RequestBody?> ReadRestAsync(PipeReader reader, long limit, CancellationToken cancellationToken)
    {
        RequestBody? body;
        while (!TryTake(reader, await reader.ReadAsync(cancellationToken).ConfigureAwait(false), limit, out body))
        {
            // More is to come.
        }

        return body;
    }

    // True once it is known what the body is, or that it is too long.
    private static bool TryTake(PipeReader reader, ReadResult result, long limit, out RequestBody? body)
    {
        body = null;
        var received = result.Buffer;
        if (received.Length > limit)
        {
            reader.AdvanceTo(received.End);
            return true;
        }

        if (!result.IsCompleted)
        {
            reader.AdvanceTo(received.Start, received.End);
            return false;
        }

        body = received.IsEmpty ? Empty : new RequestBody(received);
        reader.AdvanceTo(received.End);
        return true;
    }

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
