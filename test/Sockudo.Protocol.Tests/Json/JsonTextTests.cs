using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Sockudo.Protocol.Json;
using Xunit;

namespace Sockudo.Protocol.Tests.Json;

public class JsonTextTests
{
    [Property]
    public void Escaped_text_is_JSON_for_the_same_text_and_as_long_as_promised(NonNull<string> text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.Get);
        var escaped = new byte[JsonText.EscapedLength(utf8)];
        Assert.Equal(escaped.Length, JsonText.Escape(utf8, escaped));
        Assert.Equal(Encoding.UTF8.GetString(utf8), JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(escaped)}\""));
    }

    [Property]
    public void Unescaping_undoes_what_any_serializer_does(NonNull<string> text)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(text.Get);
        var content = json.AsSpan(1, json.Length - 2);
        Assert.True(JsonText.TryGetUnescapedLength(content, out var length));
        var unescaped = new byte[content.Length];
        Assert.True(JsonText.TryUnescape(content, unescaped, out var written));
        Assert.Equal(length, written);
        Assert.Equal(JsonSerializer.Deserialize<string>(json), Encoding.UTF8.GetString(unescaped, 0, written));
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("a\\ud83dx")]
    [InlineData("\\ud83d\\ud83d")]
    public void F10_A_lone_surrogate_is_no_text(string content)
    {
        Assert.False(JsonText.TryUnescape(Encoding.UTF8.GetBytes(content), new byte[100], out _));
        Assert.False(JsonText.TryGetUnescapedLength(Encoding.UTF8.GetBytes(content), out _));
    }

    [Fact]
    public void F9_A_surrogate_pair_is_one_character()
    {
        var buffer = new byte[20];
        Assert.True(JsonText.TryUnescape("\\ud83d\\ude00\\u0000\\/"u8, buffer, out var written));
        Assert.Equal("😀\0/", Encoding.UTF8.GetString(buffer, 0, written));
    }
}
