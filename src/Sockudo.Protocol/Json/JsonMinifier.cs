namespace Sockudo.Protocol.Json;

/// <summary>Removes insignificant white space from JSON text and leaves every other byte as it is (P-3, P-20).</summary>
internal static class JsonMinifier
{
    /// <param name="json">Well-formed JSON.</param>
    public static byte[] Minify(ReadOnlySpan<byte> json)
    {
        var result = new byte[json.Length];
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var value = json[i];
            if (!inString && value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
                continue;
            result[length++] = value;
            if (value == '"')
                inString = !inString;
            else if (value == '\\' && inString)
                result[length++] = json[++i];
        }

        Array.Resize(ref result, length);
        return result;
    }
}
