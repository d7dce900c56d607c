using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sockudo.Configuration;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>Whatever stands in a file, loading it ends with a result or with mistakes, never with an exception.</summary>
public sealed class RobustnessTests : ConfigurationTest
{
    private const string Json = """
        {"port":1,"cors":{"origin":["https://a"]},"database":{"redis":{"url":"redis://u:p@h/0","sentinels":[{"host":"s","port":1}]}},
         "app_manager":{"array":{"apps":[{"id":"a","key":"k","secret":"s","max_connections":-1,"allowed_origins":["*.a.example"],
         "webhooks":[{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_pattern":"a+"},"headers":{"X-A":"1","X-B":"2"}}]}]}}}
        """;

    private const string Toml = """
        port = 1
        cors.origin = ["https://a"]
        [database.redis]
        url = "redis://u:p@h/0"
        sentinels = [{ host = "s", port = 1 }]
        [[app_manager.array.apps]]
        id = "a"
        key = 'k'
        secret = "s"
        [[app_manager.array.apps.webhooks]]
        url = "http://x"
        event_types = ["cache_miss"]
        """;

    private const string DotEnv = "export PORT=1\nHOST='a' # c\nMODE=\"${X:-b}\\n\"\nCORS_ORIGINS=[\"https://a\"]\nSOCKUDO_DEFAULT_APP_WEBHOOKS=[{\"url\":\"http://x\"}]\n";

    [Property(MaxTest = 2000)]
    public void Damaged_JSON_is_refused_or_read(byte[] noise, int at, NonNegativeInt cut) => LoadDamaged("x.json", Json, noise, at, cut);

    [Property(MaxTest = 2000)]
    public void Damaged_TOML_is_refused_or_read(byte[] noise, int at, NonNegativeInt cut) => LoadDamaged("x.toml", Toml, noise, at, cut);

    [Property(MaxTest = 2000)]
    public void A_damaged_dotenv_file_is_refused_or_read(byte[] noise, int at, NonNegativeInt cut) => LoadDamaged(".env", DotEnv, noise, at, cut);

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

    private void LoadDamaged(string file, string text, byte[] noise, int at, NonNegativeInt cut)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var start = (int)((uint)at % bytes.Length);
        var end = Math.Min(bytes.Length, start + (cut.Get % 8));
        Write(file, [.. bytes[..start], .. noise, .. bytes[end..]]);
        var result = Load(file == ".env" ? null : file);
        Assert.All(result.Errors.Concat(result.Warnings), static line => Assert.DoesNotContain('\n', line));
        ConfigurationPrinter.Print(result);
    }
}
