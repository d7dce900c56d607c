using Sockudo.Configuration;
using Xunit;

namespace Sockudo.Tests.Configuration;

public class DotEnvFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("  export A = b c  ", "b c")]
    [InlineData("A=x # comment", "x")]
    [InlineData("A=x#y", "x#y")]
    [InlineData("A=", "")]
    [InlineData("A='$X \\n \"q\"' # c", "$X \\n \"q\"")]
    [InlineData("A=\"a\\n\\t\\\"\\\\b # no comment\"", "a\n\t\"\\b # no comment")]
    [InlineData("A=${OUTER}!", "outer!")]
    [InlineData("A=\"${MISSING:-fall back}${OUTER}\"", "fall backouter")]
    [InlineData("A=${MISSING}", "")]
    [InlineData("B=b\nA=${B}${B}", "bb")]
    [InlineData("# A=0\n\nA=1\nA=2", "2")]
    public void Values_are_read_as_documented(string text, string value)
    {
        var problems = new ConfigurationProblems();
        var variables = DotEnvFile.Parse(text, new Dictionary<string, string> { ["OUTER"] = "outer" }, problems);
        Assert.Empty(problems.Errors);
        Assert.Equal(value, variables["A"]);
    }

    [Fact]
    public void The_real_environment_is_not_touched_even_where_it_is_empty()
    {
        var variables = DotEnvFile.Parse("A=1\nB=2", new Dictionary<string, string> { ["A"] = "" }, new ConfigurationProblems());
        Assert.Equal(["B"], variables.Keys);
    }

    [Theory]
    [InlineData("no equals sign", ".env:1: this is no NAME=value line")]
    [InlineData("A=1\n=x", ".env:2: this is no NAME=value line")]
    [InlineData("1A=x", ".env:1: this is no NAME=value line")]
    [InlineData("A=\"open", ".env:1: the quote that begins the value does not end, or something follows it")]
    [InlineData("A='x'y", ".env:1: the quote that begins the value does not end, or something follows it")]
    [InlineData("A=\"x\"#y", ".env:1: the quote that begins the value does not end, or something follows it")]
    [InlineData("A='open", ".env:1: the quote that begins the value does not end, or something follows it")]
    public void A_malformed_line_is_a_mistake_with_its_number(string text, string error)
    {
        var problems = new ConfigurationProblems();
        DotEnvFile.Parse(text, new Dictionary<string, string>(), problems);
        Assert.Equal([error], problems.Errors);
    }
}
