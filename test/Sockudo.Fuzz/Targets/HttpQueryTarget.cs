using System.Text;
using System.Web;
using Sockudo.Protocol.Signatures;
using Sockudo.Server.Hosting;
using Sockudo.Server.Http;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// <see cref="RequestQuery"/>, <see cref="Route"/> and <see cref="ConnectTarget"/> on a raw target: the same values as bytes decoded one by one, and as <see cref="HttpUtility"/> where both read
/// the same.
/// </summary>
internal static class HttpQueryTarget
{
    public static void Check(byte[] input)
    {
        // Targets are ASCII: everything else is refused where requests are read.
        if (!Ascii.IsValid(input))
            return;
        var target = Encoding.ASCII.GetString(input);
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var route = Route.Match(path, "");
        Finding.Unless(route.Endpoint == Endpoint.None || (path.StartsWith('/') && route.Method is "GET" or "POST"), "a route of no path");
        ConnectTarget.TryParse(target, "", out _);
        CheckQuery(question < 0 ? "" : target[(question + 1)..]);
    }

    private static void CheckQuery(string text)
    {
        var query = RequestQuery.Parse(text.AsMemory());
        var pairs = ReferenceQuery.Pairs(text);
        Finding.UnlessSame(pairs.Count, query.Parameters.Length, "parameters");
        foreach (var (rawName, _) in pairs)
        {
            if (ReferenceQuery.ToLower(ReferenceQuery.Decode(rawName, isForm: true)) is not { } name)
                continue;
            var same = pairs.Where(pair => name == ReferenceQuery.ToLower(ReferenceQuery.Decode(pair.Name, isForm: true))).Select(static pair => pair.Value).ToList();
            var last = query.Find(name);
            IReadOnlyList<string?> found = [last];
            if (name.EndsWith("[]", StringComparison.Ordinal))
                found = query.FindArray(name[..^2]);
            else
                same = [same[^1]];
            Finding.UnlessSame(same.Count, found.Count, $"parameters of the name {name}");
            Finding.UnlessSame(found[^1], last, $"the last parameter of the name {name}");
            foreach (var (raw, value) in same.Zip(found))
            {
                if (ReferenceQuery.Decode(raw, isForm: true) is not { } expected)
                    continue;
                Finding.UnlessSame(expected, value, $"value of {name}");
                // It reads %uXXXX as well.
                if (!raw.Contains("%u", StringComparison.OrdinalIgnoreCase))
                    Finding.UnlessSame(HttpUtility.UrlDecode(raw), value, $"value of {name} as HttpUtility reads it");
            }
        }
    }
}
