using FsCheck.Fluent;
using FsCheck.Xunit;
using Sockudo.Protocol.Channels;
using Xunit;

namespace Sockudo.Protocol.Tests.Channels;

public class ChannelNameTests
{
    private const string Allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;";

    [Theory]
    [InlineData("presence-cache-x", ChannelKind.Presence | ChannelKind.Cache)]
    [InlineData("presence-x", ChannelKind.Presence)]
    [InlineData("presence-", ChannelKind.Presence)]
    [InlineData("private-encrypted-cache-x", ChannelKind.Private | ChannelKind.Encrypted | ChannelKind.Cache)]
    [InlineData("private-encrypted-x", ChannelKind.Private | ChannelKind.Encrypted)]
    [InlineData("private-cache-x", ChannelKind.Private | ChannelKind.Cache)]
    [InlineData("private-x", ChannelKind.Private)]
    [InlineData("private-", ChannelKind.Private)]
    [InlineData("cache-x", ChannelKind.Cache)]
    [InlineData("#server-to-user-7", ChannelKind.User)]
    [InlineData("x", ChannelKind.Public)]
    [InlineData("Private-x", ChannelKind.Public)]
    [InlineData("xprivate-x", ChannelKind.Public)]
    [InlineData("privatex", ChannelKind.Public)]
    [InlineData("my-cache-x", ChannelKind.Public)]
    [InlineData("presence_x", ChannelKind.Public)]
    [InlineData("private-encryptedx", ChannelKind.Private)]
    [InlineData("private-x-cache-", ChannelKind.Private)]
    [InlineData("cache", ChannelKind.Public)]
    public void N4_The_kind_follows_from_the_anchored_longest_prefix(string name, ChannelKind kind) =>
        Assert.Equal(kind, ChannelName.KindOf(name));

    [Property]
    public void N1_A_name_is_valid_exactly_if_all_its_characters_are_allowed(string? text)
    {
        var name = text ?? "";
        var expected = name.Length is > 0 and <= 200 && name.All(static c => Allowed.Contains(c, StringComparison.Ordinal));
        Assert.Equal(expected, ChannelName.IsValid(name, 200));
    }

    [Property]
    public FsCheck.Property N5_No_valid_name_has_a_colon() => Prop.ForAll(
        Gen.Choose(0, 0xFFFF).Select(static c => (char)c).ArrayOf().ToArbitrary(),
        characters => !ChannelName.IsValid(new string(characters) + ":", 1000));

    [Fact]
    public void N2_The_limit_is_inclusive()
    {
        Assert.True(ChannelName.IsValid(new string('x', 200), 200));
        Assert.False(ChannelName.IsValid(new string('x', 201), 200));
    }

    [Theory]
    [InlineData("#server-to-user-a b:ü😀", true)]
    [InlineData("#server-to-user-", false)]
    [InlineData("#server-to-user-a\u0000", false)]
    [InlineData("#server-to-user-a\u0085", false)]
    [InlineData("#other", false)]
    public void N7_U2_U13_User_channels_obey_the_rule_of_user_ids(string name, bool isValid) => Assert.Equal(isValid, ChannelName.IsValid(name, 20));

    [Fact]
    public void U2_A_user_id_has_at_most_200_characters_counted_as_code_points()
    {
        Assert.True(ChannelName.IsValidUserId(string.Concat(Enumerable.Repeat("😀", 200))));
        Assert.False(ChannelName.IsValidUserId(string.Concat(Enumerable.Repeat("😀", 201))));
    }
}
