using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

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
    /// <exception cref="BadHttpRequestException">It is not as HTTP wants it.</exception>
    public static ValueTask<RequestBody?> ReadAsync(PipeReader reader, long limit, CancellationToken cancellationToken)
    {
        try
        {
            // Mostly it came together with the head.
            return reader.TryRead(out var result) && TryTake(reader, result, limit, out var body)
                ? new(body)
                : ReadRestAsync(reader, limit, cancellationToken);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    private static async ValueTask<RequestBody?> ReadRestAsync(PipeReader reader, long limit, CancellationToken cancellationToken)
    {
        try
        {
            RequestBody? body;
            while (!TryTake(reader, await reader.ReadAsync(cancellationToken).ConfigureAwait(false), limit, out body))
            {
                // More is to come.
            }

            return body;
        }
        catch (IOException exception) when (exception is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    // Kestrel has no BadHttpRequestException for the size of a chunk that is no number it can hold.
    private static BadHttpRequestException Broken(IOException exception) => new("The body cannot be read", StatusCodes.Status400BadRequest, exception);

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
