namespace Sockudo.Server.Hosting;

/// <summary>The request target of a WebSocket: <c>{prefix}/app/{key}?protocol=7&amp;…</c> (C-1, C-2).</summary>
/// <param name="Key">The app key, percent-decoded.</param>
/// <param name="Protocol">The <c>protocol</c> parameter as sent; null if absent. The last one counts.</param>
internal readonly record struct ConnectTarget(string Key, string? Protocol)
{
    /// <summary>Reads a raw target; false if it is not the path of a WebSocket.</summary>
    /// <param name="target">Path and query as sent.</param>
    /// <param name="prefix">Path prefix without trailing slash; empty for none.</param>
    /// <param name="result">What the target names.</param>
    public static bool TryParse(ReadOnlySpan<char> target, ReadOnlySpan<char> prefix, out ConnectTarget result)
    {
        result = default;
        var question = target.IndexOf('?');
        var path = question < 0 ? target : target[..question];
        if (!path.StartsWith(prefix) || !path[prefix.Length..].StartsWith("/app/"))
            return false;
        var key = path[(prefix.Length + "/app/".Length)..];
        if (key.IsEmpty || key.Contains('/'))
            return false;

        string? protocol = null;
        var query = question < 0 ? default : target[(question + 1)..];
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.StartsWith("protocol="))
                protocol = Uri.UnescapeDataString(pair["protocol=".Length..]);
        }

        result = new ConnectTarget(Uri.UnescapeDataString(key), protocol);
        return true;
    }
}
