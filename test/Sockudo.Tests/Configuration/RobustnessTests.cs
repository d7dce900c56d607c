using FsCheck;
using FsCheck.Fluent;
using Sockudo.Configuration;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>Any text can be a value. What is no configuration at all is for the targets of Sockudo.Fuzz.</summary>
public sealed class RobustnessTests
{
    [Fact]
    public void Every_value_survives_double_and_single_quotes_in_a_dotenv_file()
    {
        var texts = ArbMap.Default.GeneratorFor<string>().Where(static text => text is not null && text.All(static c => c == '\n' || c == '\t' || !char.IsControl(c)) && text.IndexOfAny(['\u2028', '\u2029']) < 0);
        Prop.ForAll(texts.ToArbitrary(), static text =>
        {
            var quoted = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("${", "${DOLLAR}{", StringComparison.Ordinal);
            var problems = new ConfigurationProblems();
            var outer = new Dictionary<string, string> { ["DOLLAR"] = "$" };
            Assert.Equal(text, DotEnvFile.Parse($"A=\"{quoted}\" # c", outer, problems)["A"]);
            if (text.IndexOfAny(['\'', '\n']) < 0)
                Assert.Equal(text, DotEnvFile.Parse($" export\tA = '{text}'", outer, problems)["A"]);
            Assert.Empty(problems.Errors);
        }).QuickCheckThrowOnFailure();
    }
}
