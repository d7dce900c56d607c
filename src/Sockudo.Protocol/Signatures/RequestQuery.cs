namespace Sockudo.Protocol.Signatures;

/// <summary>
/// The query string of an HTTP API request as a list of pairs, kept as sent: signatures are made over it in more than one
/// reading. Names are compared without regard to case.
/// </summary>
public sealed class RequestQuery
{
    private readonly List<(string Name, string Value)> _pairs = [];

    private RequestQuery()
    {
    }

    /// <summary>The pairs as sent, in order; a name without <c>=</c> has an empty value .</summary>
    internal IReadOnlyList<(string Name, string Value)> Pairs => _pairs;

    /// <summary>Reads a raw query, without the question mark.</summary>
    public static RequestQuery Parse(ReadOnlySpan<char> query)
    {
        var result = new RequestQuery();
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            result._pairs.Add(equals < 0
                ? (pair.ToString(), "")
                : (pair[..equals].ToString(), pair[(equals + 1)..].ToString()));
        }

        return result;
    }

    /// <summary>The decoded value of a parameter; the last one counts; null if it is absent.</summary>
    public string? Find(string name)
    {
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            if (FormDecode(_pairs[i].Name).Equals(name, StringComparison.OrdinalIgnoreCase))
                return FormDecode(_pairs[i].Value);
        }

        return null;
    }

    /// <summary>The decoded values of all parameters of this name, in order.</summary>
    public IReadOnlyList<string> FindAll(string name) =>
    [
        .. from pair in _pairs
           where FormDecode(pair.Name).Equals(name, StringComparison.OrdinalIgnoreCase)
           select FormDecode(pair.Value),
    ];

    /// <summary><c>%XX</c> and <c>+</c> as in an HTML form.</summary>
    internal static string FormDecode(string text) => PercentDecode(text.Replace('+', ' '));

    /// <summary><c>%XX</c> only.</summary>
    internal static string PercentDecode(string text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text;
}
