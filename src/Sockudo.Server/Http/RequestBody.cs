using System.Buffers;
using System.IO.Pipelines;

namespace Sockudo.Server.Http;

/// <summary>The body of a request, read once into a pooled buffer (G-8).</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>No body.</summary>
    public static readonly RequestBody Empty = new(null, 0);

    private readonly byte[]? _buffer;

    private RequestBody(byte[]? buffer, int length)
    {
        _buffer = buffer;
        Bytes = buffer.AsMemory(0, length);
    }

    /// <summary>The bytes as received; not valid any more once this is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads all of it; null if it is longer than <paramref name="limit"/> bytes, which is noticed while reading.</summary>
    public static async ValueTask<RequestBody?> ReadAsync(PipeReader reader, long limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var length = (int)result.Buffer.Length;
                if (length == 0)
                    return Empty;
                var buffer = ArrayPool<byte>.Shared.Rent(length);
                result.Buffer.CopyTo(buffer);
                reader.AdvanceTo(result.Buffer.End);
                return new RequestBody(buffer, length);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
