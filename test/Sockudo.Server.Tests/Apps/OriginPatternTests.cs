using Sockudo.Server.Apps;
using Xunit;

namespace Sockudo.Server.Tests.Apps;

public class OriginPatternTests
{
    [Theory]
    [InlineData("*", "https://anything.example", true)]
    [InlineData("any", "null", true)]
    [InlineData("https://example.com", "https://example.com", true)]
    [InlineData("https://example.com", "HTTPS://EXAMPLE.COM:443", true)]
    [InlineData("https://example.com:443", "https://example.com", true)]
    [InlineData("https://example.com", "http://example.com", false)]
    [InlineData("https://example.com", "https://example.com:444", false)]
    [InlineData("http://localhost:3000", "http://localhost:3000", true)]
    [InlineData("http://localhost:3000", "http://localhost", false)]
    [InlineData("example.com", "http://example.com:8080", true)]
    [InlineData("example.com", "https://a.example.com", false)]
    [InlineData("example.com:8443", "https://example.com:8443", true)]
    [InlineData("example.com:8443", "https://example.com", false)]
    [InlineData("https://*.example.com", "https://a.b.example.com", true)]
    [InlineData("https://*.example.com", "https://example.com", false)]
    [InlineData("https://*.example.com", "https://a.example.com:444", false)]
    [InlineData("https://*.example.com", "https://evilexample.com", false)]
    [InlineData("*.example.com", "http://a.example.com:81", true)]
    [InlineData("http://[::1]:3000", "http://[::1]:3000", true)]
    [InlineData("example.com", "null", false)]
    [InlineData("example.com", "example.com", false)]
    public void An_entry_matches_as_documented(string entry, string origin, bool matches)
    {
        Assert.True(OriginPattern.TryParse(entry, out var pattern));
        Assert.Equal(matches, pattern.Matches(origin));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https://example.com/path")]
    [InlineData("https://example.com?x")]
    [InlineData("https://a.*.com")]
    [InlineData("*example.com")]
    [InlineData("**.example.com")]
    [InlineData("https://example.com:99999")]
    [InlineData("https://example.com:")]
    public void Other_forms_are_errors(string entry) => Assert.False(OriginPattern.TryParse(entry, out _));
}
