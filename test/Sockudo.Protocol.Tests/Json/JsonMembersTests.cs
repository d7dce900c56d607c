using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Sockudo.Protocol.Json;
using Xunit;

namespace Sockudo.Protocol.Tests.Json;

public class JsonMembersTests
{
    [Theory]
    [InlineData("""{"a":1}""", "1")]
    [InlineData("""{"a":1,"a":2}""", "2")]
    [InlineData("""{ "b" : {"a":0} , "\u0061" : [1, {"a":3}] }""", "[1, {\"a\":3}]")]
    [InlineData("""{"a":"x\"y"}""", "\"x\\\"y\"")]
    public void F10_A_member_is_found_by_its_decoded_name_and_the_last_one_counts(string json, string raw)
    {
        var found = "";
        var members = new JsonMembers(Encoding.UTF8.GetBytes(json));
        while (members.Read())
        {
            if (members.NameIs("a"u8))
                found = Encoding.UTF8.GetString(members.Value.Raw);
        }

        Assert.True(members.IsWellFormed);
        Assert.Equal(raw, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("{} {}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a"}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("// comment\n{}")]
    public void F3_Whatever_is_no_JSON_object_is_not_well_formed(string json)
    {
        var members = new JsonMembers(Encoding.UTF8.GetBytes(json));
        while (members.Read())
        {
            // To the end.
        }

        Assert.False(members.IsWellFormed);
    }

    [Property]
    public void Members_are_those_of_System_Text_Json(Dictionary<string, string?> source)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(source);
        var read = new Dictionary<string, string?>();
        var members = new JsonMembers(json);
        while (members.Read())
        {
            foreach (var name in source.Keys)
            {
                if (members.NameIs(Encoding.UTF8.GetBytes(name)))
                    read[name] = members.Value.TryGetString(out var text) ? text : null;
            }
        }

        Assert.True(members.IsWellFormed);
        // Lone surrogates become U+FFFD when the document is written.
        var oracle = JsonSerializer.Deserialize<Dictionary<string, string?>>(json)!;
        foreach (var (name, value) in read)
            Assert.Equal(oracle[name], value);
    }

    [Fact]
    public void Depth_is_bounded()
    {
        var members = new JsonMembers(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 5000)}{new string(']', 5000)}}}"));
        while (members.Read())
        {
            // To the end.
        }

        Assert.False(members.IsWellFormed);
    }
}
