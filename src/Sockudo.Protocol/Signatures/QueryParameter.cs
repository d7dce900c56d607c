using System.Buffers;

namespace Sockudo.Protocol.Signatures;

/// <summary>One parameter of a query, pointing into the text it was sent in.</summary>
/// <param name="RawName">Name as sent.</param>
/// <param name="RawValue">Value as sent; empty without <c>=</c> (A-5).</param>
internal readonly record struct QueryParameter(ReadOnlyMemory<char> RawName, ReadOnlyMemory<char> RawValue)
{
    private static readonly SearchValues<char> LowerCase = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.[]");

    /// <summary>The name by which the parameter is looked up: decoded, without regard to case .</summary>
    public ReadOnlyMemory<char> Name { get; } = ToLower(RequestQuery.FormDecode(RawName));

    /// <summary>Whether it is one item of an array, however the brackets are spelled.</summary>
    public bool IsArray => Name.Span.EndsWith("[]");

    /// <summary>
    /// A name in lower case; almost always it is already. Only ASCII has cases here: a letter beyond it whose lower case is an ASCII letter, the Kelvin sign, would make a second
    /// <c>socket_id</c> that is signed but not looked up, or the other way round.
    /// </summary>
    public static ReadOnlyMemory<char> ToLower(ReadOnlyMemory<char> name) => name.Span.ContainsAnyExcept(LowerCase)
        ? string.Create(name.Length, name, static (lower, name) => ToLower(name.Span, lower)).AsMemory()
        : name;

    private static void ToLower(ReadOnlySpan<char> name, Span<char> lower)
    {
        for (var i = 0; i < name.Length; i++)
            lower[i] = char.IsAsciiLetterUpper(name[i]) ? (char)(name[i] | 0x20) : name[i];
    }
}
