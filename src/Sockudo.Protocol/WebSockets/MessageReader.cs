using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Sockudo.Protocol.WebSockets;

/// <summary>
/// Turns the bytes of one client into messages: frames, fragments, masks, limits and UTF-8 (RFC 6455 sections 5 to 8).
/// A frame that has arrived whole is unmasked where it lies and never copied; only fragmented messages and frames
/// that arrive in pieces are put together in a buffer, which grows with what was really received, not with what a
/// header claims. What cannot become UTF-8 any more is refused with the byte that breaks it. Used by one reader at a time.
/// </summary>
/// <param name="maxMessageBytes">Largest message, fragments summed (F-11).</param>
public sealed class MessageReader(int maxMessageBytes) : IDisposable
{
    private byte[]? _assembly;
    private int _assembled;
    private int _checked;
    private bool _messageDone;

    // The message in progress; Continuation = none.
    private Opcode _messageOpcode;

    // The frame whose payload is being moved into the assembly.
    private bool _inFrame;
    private bool _frameIsFinal;
    private uint _frameMask;
    private long _framePayload;
    private long _frameReceived;

    /// <summary>
    /// Reads the next message and advances <paramref name="buffer"/> behind what it used. The buffer's memory is
    /// written to: payloads are unmasked in place.
    /// </summary>
    public MessageReaderResult Read(ref ReadOnlySequence<byte> buffer, out ReceivedMessage message)
    {
        message = default;
        if (_messageDone)
            ReleaseAssembly();

        while (true)
        {
            if (_inFrame)
            {
                var isWhole = TakePayload(ref buffer);
                _messageDone = isWhole && _frameIsFinal;
                if (_messageOpcode == Opcode.Text && !IsTextSoFar())
                    return MessageReaderResult.InvalidPayload;
                if (!isWhole)
                    return MessageReaderResult.Incomplete;
                if (!_messageDone)
                    continue;
                message = new ReceivedMessage(_messageOpcode, _assembly.AsSpan(0, _assembled));
                return MessageReaderResult.Message;
            }

            var result = ReadHeader(buffer, out var header);
            if (result != MessageReaderResult.Message)
                return result;

            var available = buffer.Length - header.HeaderLength >= header.PayloadLength;
            if (!available && header.IsControl)
                return MessageReaderResult.Incomplete;

            var isWholeMessage = header.IsControl || (header.IsFinal && header.Opcode != Opcode.Continuation);
            if (available && isWholeMessage && TryUnmaskInPlace(ref buffer, header, out var payload))
            {
                message = new ReceivedMessage(header.Opcode, payload);
                return header.Opcode == Opcode.Text && !Utf8.IsValid(payload) ? MessageReaderResult.InvalidPayload : MessageReaderResult.Message;
            }

            BeginFrame(header);
            buffer = buffer.Slice(header.HeaderLength);
        }
    }

    /// <summary>Gives the assembly buffer back.</summary>
    public void Dispose() => ReleaseAssembly();

    private MessageReaderResult ReadHeader(in ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        var first = buffer.FirstSpan;
        FrameHeaderResult result;
        if (first.Length >= FrameHeader.MaxLength || buffer.IsSingleSegment)
        {
            result = FrameHeader.TryRead(first, out header);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[FrameHeader.MaxLength];
            var head = buffer.Slice(0, Math.Min(buffer.Length, FrameHeader.MaxLength));
            head.CopyTo(bytes);
            result = FrameHeader.TryRead(bytes[..(int)head.Length], out header);
        }

        if (result == FrameHeaderResult.Incomplete)
            return MessageReaderResult.Incomplete;
        if (result == FrameHeaderResult.ProtocolError)
            return MessageReaderResult.ProtocolError;
        if (header.IsControl)
            return MessageReaderResult.Message;

        // Section 5.4: a continuation continues something, and nothing else begins in between.
        var inMessage = _messageOpcode != Opcode.Continuation;
        if (inMessage != (header.Opcode == Opcode.Continuation))
            return MessageReaderResult.ProtocolError;
        // Not the sum, which the largest lengths make negative.
        return header.PayloadLength > maxMessageBytes - _assembled ? MessageReaderResult.TooBig : MessageReaderResult.Message;
    }

    private static bool TryUnmaskInPlace(ref ReadOnlySequence<byte> buffer, FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        var bytes = buffer.Slice(header.HeaderLength, header.PayloadLength);
        if (!bytes.IsSingleSegment && !header.IsControl)
        {
            payload = default;
            return false;
        }

        if (bytes.IsSingleSegment)
        {
            var inPlace = MemoryMarshal.AsMemory(bytes.First).Span;
            Masking.Apply(inPlace, header.Mask);
            payload = inPlace;
        }
        else
        {
            // A control frame can stand between the fragments of a message, so it cannot use the assembly.
            var copy = bytes.ToArray();
            Masking.Apply(copy, header.Mask);
            payload = copy;
        }

        buffer = buffer.Slice(bytes.End);
        return true;
    }

    private void BeginFrame(in FrameHeader header)
    {
        if (header.Opcode != Opcode.Continuation)
            _messageOpcode = header.Opcode;
        _inFrame = true;
        _frameIsFinal = header.IsFinal;
        _frameMask = header.Mask;
        _framePayload = header.PayloadLength;
        _frameReceived = 0;
    }

    // Moves what has arrived of the frame's payload into the assembly; true when the frame is complete.
    private bool TakePayload(ref ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.Slice(0, Math.Min(buffer.Length, _framePayload - _frameReceived));
        var count = (int)bytes.Length;
        if (count > 0)
        {
            var destination = GrowAssembly(count);
            bytes.CopyTo(destination);
            Masking.Apply(destination, _frameMask, _frameReceived);
            _assembled += count;
            _frameReceived += count;
            buffer = buffer.Slice(bytes.End);
        }

        _inFrame = _frameReceived < _framePayload;
        return !_inFrame;
    }

    private Span<byte> GrowAssembly(int count)
    {
        var needed = _assembled + count;
        if (_assembly is null || _assembly.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(needed, 2 * _assembled), Math.Max(maxMessageBytes, needed)));
            _assembly.AsSpan(0, _assembled).CopyTo(larger);
            var smaller = _assembly;
            _assembly = larger;
            if (smaller is not null)
                ArrayPool<byte>.Shared.Return(smaller);
        }

        return _assembly.AsSpan(_assembled, count);
    }

    private void ReleaseAssembly()
    {
        var assembly = _assembly;
        _assembly = null;
        _assembled = 0;
        _checked = 0;
        _messageDone = false;
        _messageOpcode = Opcode.Continuation;
        if (assembly is not null)
            ArrayPool<byte>.Shared.Return(assembly);
    }

    // Section 8.1: a text message that is not UTF-8 fails the connection. Its last character may be incomplete as long as more can follow.
    private bool IsTextSoFar()
    {
        var text = _assembly.AsSpan(_checked, _assembled - _checked);
        if (!_messageDone && Rune.DecodeLastFromUtf8(text, out _, out var begun) == OperationStatus.NeedMoreData)
            text = text[..^begun];
        _checked += text.Length;
        return Utf8.IsValid(text);
    }
}
