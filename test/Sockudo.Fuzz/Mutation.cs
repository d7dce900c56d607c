namespace Sockudo.Fuzz;

/// <summary>Inputs made of known ones by chance, the same ones for the same seed.</summary>
/// <param name="seed">What chance begins with.</param>
/// <param name="corpus">The known ones.</param>
internal sealed class Mutation(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[][] Tokens =
    [
        [0], [0x7F], [0x80], [0xFF], [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xC3], [0xED, 0xA0, 0x80],
        [.. "\\ud800"u8], [.. "\\u0061"u8], [.. "\""u8], [.. "{}"u8], [.. "[]"u8], [.. "null"u8], [.. "-0"u8], [.. "1e1"u8], [.. "\r\n"u8], [.. "%C3%A9"u8], [.. "%"u8], [.. "+"u8],
        [.. "&"u8], [.. "="u8], [.. "-1"u8], [.. "9223372036854775808"u8], [.. "${A:-b}"u8],
    ];

    private readonly Random _random = new(seed);

    /// <summary>A known input with one to four changes.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(corpus[_random.Next(corpus.Count)]);
        for (var changes = _random.Next(1, 5); changes > 0; changes--)
            Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var rest = bytes.Count - at;
        switch (_random.Next(6))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when rest > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(rest, _random.Next(1, 9)));
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, _random.Next(1, 65))));
                break;
            case 4:
                var other = corpus[_random.Next(corpus.Count)];
                var from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(1, 65))]);
                break;
            default:
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
        }
    }
}
