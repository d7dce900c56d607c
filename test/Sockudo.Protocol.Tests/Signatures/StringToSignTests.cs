using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sockudo.Protocol.Signatures;
using Xunit;

namespace Sockudo.Protocol.Tests.Signatures;

/// <summary>The rules A-1 to A-7 word by word, against the implementation that copies nothing.</summary>
public class StringToSignTests
{
    // Pieces that meet each other's rules: repeats, arrays, case, encodings, empty names and values.
    private static readonly string[] Names =
        ["a", "A", "b", "a[]", "A%5B%5D", "b[]", "[]", "%61", "auth_signature", "AUTH_key", "auth_key", "a+b", "a%2Bb", "a%", "é", "%C3%89", "auth_\u212Aey", ""];

    private static readonly string[] Values = ["", "1", "x=y", "%3D", "a+b", "a%2Bb", "%", "%zz", "é", "%F0%9F%98%80", "%ff", "a,b"];

    private static readonly Gen<string> Pairs =
        from name in Gen.Elements(Names)
        from value in Gen.Elements(Values)
        from hasValue in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
        select hasValue ? $"{name}={value}" : name;

    private static readonly Arbitrary<string> Queries = Pairs.ListOf().Select(static pairs => string.Join('&', pairs)).ToArbitrary();

    [Property(MaxTest = 300)]
    public Property It_is_what_the_rules_say() => Prop.ForAll(Queries, static query =>
    {
        var parsed = RequestQuery.Parse(query.AsMemory());
        Assert.Equal(ByTheRules(query, FormDecode), StringToSign.Create("POST", "/p", parsed, RequestQuery.FormDecode));
        Assert.Equal(ByTheRules(query, PercentDecode), StringToSign.Create("POST", "/p", parsed, RequestQuery.PercentDecode));
        Assert.Equal(ByTheRules(query, static raw => raw), StringToSign.Create("POST", "/p", parsed, static raw => raw));
    });

    [Property(MaxTest = 300)]
    public Property Parameters_are_found_without_regard_to_case_and_the_last_one_counts() => Prop.ForAll(Queries, static query =>
    {
        var parsed = RequestQuery.Parse(query.AsMemory());
        foreach (var name in new[] { "a", "b", "a[]", "auth_key", "k", "none" })
        {
            var values = Split(query)
                .Where(pair => FormDecode(pair.Name).Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(static pair => FormDecode(pair.Value))
                .ToList();
            if (IsArray(name))
                Assert.Equal(values, parsed.FindArray(name[..^2]));
            Assert.Equal(values.LastOrDefault(), parsed.Find(name));
            Assert.Equal(values.LastOrDefault() ?? "", parsed.ValueOf(name).ToString());
        }
    });

    private static string ByTheRules(string query, Func<string, string> decode)
    {
        var parameters = Split(query)
            .Select(pair => (Name: ToLowerAscii(decode(pair.Name)), Value: decode(pair.Value), IsArray: IsArray(FormDecode(pair.Name))))
            .Where(static pair => pair.Name != "auth_signature")
            .ToList();
        var counting = parameters
            .Where((pair, index) => pair.IsArray || !parameters.Skip(index + 1).Any(later => later.Name == pair.Name))
            .OrderBy(static pair => IsArray(pair.Name) ? pair.Name[..^2] : pair.Name, StringComparer.Ordinal);
        return $"POST\n/p\n{string.Join('&', counting.Select(static pair => $"{pair.Name}={pair.Value}"))}";
    }

    // The Kelvin sign is no k, for whoever looks a parameter up and for whoever signs it.
    private static string ToLowerAscii(string name) => string.Concat(name.Select(static c => char.IsAscii(c) ? char.ToLowerInvariant(c) : c));

    private static IEnumerable<(string Name, string Value)> Split(string query) =>
        from pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        let sign = pair.IndexOf('=', StringComparison.Ordinal)
        select sign < 0 ? (pair, "") : (pair[..sign], pair[(sign + 1)..]);

    private static bool IsArray(string name) => name.EndsWith("[]", StringComparison.Ordinal);

    private static string FormDecode(string text) => PercentDecode(text.Replace('+', ' '));

    private static string PercentDecode(string text) => text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;
}
