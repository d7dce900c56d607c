using System.Runtime.CompilerServices;

namespace Sockudo.Protocol.Signatures;

/// <summary>
/// What the signature of a request is made over: method, path and sorted parameters without <c>auth_signature</c>,
/// separated by line feeds.
/// </summary>
internal static class StringToSign
{
    /// <summary>The string in one of its readings .</summary>
    /// <param name="method">Upper-case method.</param>
    /// <param name="path">The path.</param>
    /// <param name="query">The raw query.</param>
    /// <param name="decode">Reads a raw name or value.</param>
    public static string Create(string method, string path, RequestQuery query, Func<ReadOnlyMemory<char>, ReadOnlyMemory<char>> decode)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, provider: null, stackalloc char[256]);
        text.AppendLiteral(method);
        text.AppendLiteral("\n");
        text.AppendLiteral(path);
        var separator = "\n";
        var sorted = Sort(query, decode, new Parameter[query.Parameters.Length]);
        for (var i = 0; i < sorted.Length; i++)
        {
            ref readonly var parameter = ref sorted[i];
            // of a repeated scalar the last one counts. A-4: arrays keep all, at the place of their name.
            if (!parameter.IsArray && IsRepeated(sorted[i..]))
                continue;
            text.AppendLiteral(separator);
            text.AppendFormatted(parameter.SortKey.Span);
            text.AppendLiteral(parameter.Ending);
            text.AppendFormatted(parameter.Value.Span);
            separator = "&";
        }

        if (separator == "\n")
            text.AppendLiteral(separator);
        return text.ToStringAndClear();
    }

    private static ReadOnlySpan<Parameter> Sort(
        RequestQuery query, Func<ReadOnlyMemory<char>, ReadOnlyMemory<char>> decode, Span<Parameter> parameters)
    {
        if (!query.IsEncoded)
            decode = static raw => raw;
        var count = 0;
        foreach (ref readonly var parameter in query.Parameters)
        {
            var name = QueryParameter.ToLower(decode(parameter.RawName));
            if (name.Span is "auth_signature")
                continue;
            // In the raw reading the brackets of an array may not be there to be seen; its items are used all the same, so that all of them must be signed.
            var hasBrackets = name.Span.EndsWith("[]");
            parameters[count] = new Parameter(hasBrackets ? name[..^2] : name, hasBrackets ? "[]=" : "=", parameter.IsArray, decode(parameter.RawValue), count);
            count++;
        }

        parameters = parameters[..count];
        // Most clients send them in order.
        if (!IsSorted(parameters))
            parameters.Sort(static (left, right) => left.CompareTo(right));
        return parameters;
    }

    private static bool IsSorted(ReadOnlySpan<Parameter> parameters)
    {
        for (var i = 1; i < parameters.Length; i++)
        {
            if (parameters[i - 1].CompareTo(parameters[i]) > 0)
                return false;
        }

        return true;
    }

    // Whether the first one stands there again, further on.
    private static bool IsRepeated(ReadOnlySpan<Parameter> sorted)
    {
        for (var i = 1; i < sorted.Length && sorted[i].SortKey.Span.SequenceEqual(sorted[0].SortKey.Span); i++)
        {
            if (!sorted[i].IsArray)
                return true;
        }

        return false;
    }

    private readonly record struct Parameter(ReadOnlyMemory<char> SortKey, string Ending, bool IsArray, ReadOnlyMemory<char> Value, int Position)
    {
        // By name, and in the order of the request among equal names.
        public int CompareTo(in Parameter other) =>
            SortKey.Span.SequenceCompareTo(other.SortKey.Span) is var order and not 0 ? order : Position - other.Position;
    }
}
