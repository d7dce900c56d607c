namespace Sockudo.Protocol.Signatures;

/// <summary>One parameter of a query, pointing into the text it was sent in.</summary>
/// <param name="RawName">Name as sent.</param>
/// <param name="RawValue">Value as sent; empty without <c>=</c> (A-5).</param>
/// <param name="Name">Decoded name, which everything is looked up by.</param>
internal readonly record struct QueryParameter(ReadOnlyMemory<char> RawName, ReadOnlyMemory<char> RawValue, ReadOnlyMemory<char> Name)
{
    /// <summary>A-6: names are compared without regard to case.</summary>
    public bool NameIs(ReadOnlySpan<char> name) => Name.Span.Equals(name, StringComparison.OrdinalIgnoreCase);
}
