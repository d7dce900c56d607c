using FsCheck.Xunit;
using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

public sealed class NatsSubjectsTests
{
    [Theory]
    [InlineData("dir", "sockudo.dir")]
    [InlineData("cache", "sockudo.cache")]
    [InlineData("node:host-1_2", "sockudo.node.host-1_2")]
    [InlineData("node:10.0.0.1:80", "sockudo.node.10%2E0%2E0%2E1%3A80")]
    [InlineData("ch:app:private-room", "sockudo.ch.app.private-room")]
    [InlineData("ch:app:a.b*c>d e", "sockudo.ch.app.a%2Eb%2Ac%3Ed%20e")]
    [InlineData("ch:a%3Ab%25:x:y%3A", "sockudo.ch.a%3Ab%25.x%3Ay%253A")] // The application's token is escaped, the last one is not.
    [InlineData("ch:app:é€😀", "sockudo.ch.app.%C3%A9%E2%82%AC%F0%9F%98%80")]
    [InlineData("ch::", "sockudo.ch.%.%")]
    [InlineData("ch:%25:%", "sockudo.ch.%25.%25")]
    [InlineData("", "sockudo.%")]
    public void A_topic_is_spelled_in_tokens(string topic, string subject) => Assert.Equal(subject, new NatsSubjects("sockudo").Of(topic));

    [Theory]
    [InlineData("sockudo.", "sockudo.dir")]
    [InlineData("sockudo:.:", "sockudo.dir")]
    [InlineData("my.eu-1", "my.eu-1.dir")]
    [InlineData("my app.*.>", "my%20app.%2A.%3E.dir")]
    [InlineData("a..b", "a.%.b.dir")]
    [InlineData("a:b", "a%3Ab.dir")]
    [InlineData("", "dir")]
    [InlineData(".", "dir")]
    public void The_prefix_is_made_of_tokens_too(string prefix, string subject) => Assert.Equal(subject, new NatsSubjects(prefix).Of("dir"));

    [Property(MaxTest = 2000)]
    public void Different_channels_have_different_subjects_without_separators(string? one, string? other)
    {
        var subjects = new NatsSubjects("p");
        var (first, second) = (subjects.Of($"ch:app:{one}"), subjects.Of($"ch:app:{other}"));
        Assert.Equal((one ?? "") == (other ?? ""), first == second);
        Assert.StartsWith("p.ch.app.", first, StringComparison.Ordinal);
        Assert.Matches("^[A-Za-z0-9_%-]+$", first["p.ch.app.".Length..]);
    }

    [Fact]
    public void Half_characters_stay_different() =>
        Assert.Equal(4, new[] { "\ud800", "\ud801", "\udc00", "\ufffd" }.Select(new NatsSubjects("p").Of).Distinct().Count());

    [Fact]
    public void What_no_server_takes_is_refused()
    {
        var subjects = new NatsSubjects("p");
        Assert.Equal("p.ch.app.".Length + 4000, subjects.Of("ch:app:" + new string('a', 4000)).Length);
        Assert.Throws<BackendException>(() => subjects.Of("ch:app:" + new string('a', 5000)));
    }
}
