namespace Sockudo.Protocol.Signatures;

/// <summary>
/// The query string of an HTTP API request as a list of pairs, kept as sent: signatures are made over it in more than one
/// reading. What needs no decoding is never copied.
/// </summary>
public sealed class RequestQuery
{
    private readonly QueryParameter[] _parameters;
    private readonly int _count;

    private RequestQuery(ReadOnlyMemory<char> query)
    {
        IsEncoded = query.Span.ContainsAny('%', '+');
        _parameters = new QueryParameter[query.Span.Count('&') + 1];
        foreach (var range in query.Span.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.Span.IndexOf('=');
            _parameters[_count++] = equals < 0 ? new QueryParameter(pair, default) : new QueryParameter(pair[..equals], pair[(equals + 1)..]);
        }
    }

    /// <summary>The parameters in the order in which they were sent.</summary>
    internal ReadOnlySpan<QueryParameter> Parameters => _parameters.AsSpan(0, _count);

    /// <summary>Whether anything in it has to be decoded; if not, all its readings are the same .</summary>
    internal bool IsEncoded { get; }

    /// <summary>Reads a raw query, without the question mark.</summary>
    public static RequestQuery Parse(ReadOnlyMemory<char> query) => new(query);

    /// <summary>The decoded value of a parameter; the last one counts; null if it is absent.</summary>
    /// <param name="name">A name in lower case.</param>
    public string? Find(string name)
    {
        var index = LastIndexOf(name);
        return index < 0 ? null : ValueAt(index).ToString();
    }

    /// <summary>The decoded values of an array, <c>name[]=</c>, in order. Only arrays have more than one value: of a repeated scalar all but the last are not signed .</summary>
    /// <param name="name">A name in lower case, without the brackets.</param>
    public IReadOnlyList<string> FindArray(string name)
    {
        var values = new List<string>();
        for (var i = 0; i < _count; i++)
        {
            if (_parameters[i].IsArray && _parameters[i].Name.Span[..^2].SequenceEqual(name))
                values.Add(ValueAt(i).ToString());
        }

        return values;
    }

    /// <summary>As <see cref="Find"/>, without making a string; empty if it is absent.</summary>
    internal ReadOnlySpan<char> ValueOf(string name)
    {
        var index = LastIndexOf(name);
        return index < 0 ? default : ValueAt(index).Span;
    }

    /// <summary><c>%XX</c> and <c>+</c> as in an HTML form.</summary>
    internal static ReadOnlyMemory<char> FormDecode(ReadOnlyMemory<char> text) =>
        text.Span.Contains('+') ? PercentDecode(text.ToString().Replace('+', ' ').AsMemory()) : PercentDecode(text);

    /// <summary><c>%XX</c> only.</summary>
    internal static ReadOnlyMemory<char> PercentDecode(ReadOnlyMemory<char> text) =>
        text.Span.Contains('%') ? Uri.UnescapeDataString(text.Span).AsMemory() : text;

    private ReadOnlyMemory<char> ValueAt(int index) => IsEncoded ? FormDecode(_parameters[index].RawValue) : _parameters[index].RawValue;

    private int LastIndexOf(string name)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            if (_parameters[i].Name.Span.SequenceEqual(name))
                return i;
        }

        return -1;
    }
}
