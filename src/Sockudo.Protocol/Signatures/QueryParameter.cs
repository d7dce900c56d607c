using System.Buffers;
using System.Text;

namespace Sockudo.Protocol.Signatures;

/// <summary>One parameter of a query, pointing into the text it was sent in.</summary>
/// <param name="RawName">Name as sent.</param>
/// <param name="RawValue">Value as sent; empty without <c>=</c> (A-5).</param>
internal readonly record struct QueryParameter(ReadOnlyMemory<char> RawName, ReadOnlyMemory<char> RawValue)
{
    private static readonly SearchValues<char> LowerCase = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.[]");

    /// <summary>The name by which the parameter is looked up: decoded, without regard to case .</summary>
    public ReadOnlyMemory<char> Name { get; } = NameOf(RequestQuery.FormDecode(RawName));

    /// <summary>A name in lower case; almost always it is already.</summary>
    public static ReadOnlyMemory<char> ToLower(ReadOnlyMemory<char> name) =>
        name.Span.ContainsAnyExcept(LowerCase) ? name.ToString().ToLowerInvariant().AsMemory() : name;

    // Letters beyond ASCII never make a name that anybody looks for, though some have an ASCII letter as their lower case.
    private static ReadOnlyMemory<char> NameOf(ReadOnlyMemory<char> decoded) => Ascii.IsValid(decoded.Span) ? ToLower(decoded) : decoded;
}
