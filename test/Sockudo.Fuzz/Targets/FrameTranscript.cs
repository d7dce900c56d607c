using System.Text;
using Sockudo.Protocol.WebSockets;

namespace Sockudo.Fuzz.Targets;

/// <summary>The messages that were read from some bytes, and what stopped the reading.</summary>
internal sealed record FrameTranscript
{
    private readonly StringBuilder _messages = new();

    public string Messages => _messages.ToString();

    public MessageReaderResult End { get; set; }

    public void Add(Opcode opcode, ReadOnlySpan<byte> payload) => _messages.Append(opcode).Append(' ').Append(Convert.ToHexString(payload)).Append(' ');

    public bool Equals(FrameTranscript? other) => other is not null && End == other.End && Messages == other.Messages;

    public override int GetHashCode() => Messages.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Messages}{End}";
}
