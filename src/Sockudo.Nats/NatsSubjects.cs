using System.Buffers;
using System.Text;
using Sockudo.Server.Backends;

namespace Sockudo.Nats;

/// <summary>
/// Spells topics as subjects: <c>P.dir</c>, <c>P.node.{node}</c>, <c>P.ch.{app}.{channel}</c> (storage.md 6.6). Within a token every character other
/// than <c>A-Z a-z 0-9 _ -</c> is <c>%XX</c> of its UTF-8 bytes, which also takes care of the separators and wildcards of NATS. An empty token, which NATS
/// does not have, is a lone <c>%</c>: nothing else is written so. The tokens of the prefix, between its dots, are spelled in the same way.
/// </summary>
internal sealed class NatsSubjects
{
    // What a server takes as one line by default (max_control_line), less the rest of the line; it ends the connection of whoever sends more.
    private const int LongestSubject = 4096 - 64;

    // A UTF-16 unit is at most three bytes of UTF-8, and each of them three characters.
    private const int LongestSpelling = 9;

    private readonly string _prefix;

    /// <param name="prefix"><c>adapter.nats.prefix</c>; without its trailing separators it may be empty.</param>
    public NatsSubjects(string prefix)
    {
        var spelled = new StringBuilder();
        var trimmed = prefix.TrimEnd('.', ':');
        if (trimmed.Length > 0)
        {
            Span<char> buffer = new char[(LongestSpelling * trimmed.Length) + 1];
            foreach (var token in trimmed.Split('.'))
                spelled.Append(buffer[..Spell(token, buffer)]).Append('.');
        }

        _prefix = spelled.ToString();
    }

    /// <summary>The subject of a topic; different topics have different subjects.</summary>
    /// <exception cref="BackendException">It is longer than servers take.</exception>
    public string Of(string topic)
    {
        var longest = _prefix.Length + (LongestSpelling * topic.Length) + 3;
        char[]? rented = null;
        var buffer = longest <= 512 ? stackalloc char[512] : rented = ArrayPool<char>.Shared.Rent(longest);
        _prefix.CopyTo(buffer);
        var length = _prefix.Length;

        var rest = topic.AsSpan();
        for (var tokens = rest.StartsWith("ch:") ? 2 : 1; tokens > 0 && rest.IndexOf(':') is >= 0 and var colon; tokens--)
        {
            length += Spell(Unescaped(rest[..colon]), buffer[length..]);
            buffer[length++] = '.';
            rest = rest[(colon + 1)..];
        }

        length += Spell(rest, buffer[length..]);
        var subject = new string(buffer[..length]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return subject.Length <= LongestSubject
            ? subject
            : throw new BackendException($"NATS takes no subject of {subject.Length} characters (adapter.nats.prefix, or a very long name)");
    }

    // Topics have %25 and %3A for % and : in the tokens before the last.
    private static ReadOnlySpan<char> Unescaped(ReadOnlySpan<char> token) =>
        token.Contains('%') ? token.ToString().Replace("%3A", ":", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal) : token;

    private static int Spell(ReadOnlySpan<char> token, Span<char> target)
    {
        if (token.IsEmpty)
        {
            target[0] = '%';
            return 1;
        }

        Span<byte> bytes = stackalloc byte[4];
        var length = 0;
        while (!token.IsEmpty)
        {
            if (char.IsAsciiLetterOrDigit(token[0]) || token[0] is '_' or '-')
            {
                target[length++] = token[0];
                token = token[1..];
                continue;
            }

            var isText = Rune.DecodeFromUtf16(token, out var rune, out var consumed) == OperationStatus.Done;
            var count = isText ? rune.EncodeToUtf8(bytes) : EncodeSurrogate(token[0], bytes);
            foreach (var value in bytes[..count])
            {
                target[length++] = '%';
                target[length++] = HexDigit(value >> 4);
                target[length++] = HexDigit(value & 15);
            }

            token = token[consumed..];
        }

        return length;
    }

    // Half a surrogate pair is not text; it is written as UTF-8 would, so that it stays different from every other.
    private static int EncodeSurrogate(char unit, Span<byte> bytes)
    {
        bytes[0] = (byte)(0xE0 | (unit >> 12));
        bytes[1] = (byte)(0x80 | ((unit >> 6) & 0x3F));
        bytes[2] = (byte)(0x80 | (unit & 0x3F));
        return 3;
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);
}
