using System.Collections;
using System.Globalization;
using System.Text.Json;
using Sockudo.Configuration;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>The example files and the document say what the table says.</summary>
public sealed class ExampleFilesTests : ConfigurationTest
{
    // operations.md 5.3.
    private static readonly string[] OnlyForCompose = ["DOMAIN", "GRAFANA_PASSWORD", "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD"];

    private static string RepositoryRoot
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory!.FullName, "Sockudo.slnx")))
                directory = directory.Parent;
            return directory.FullName;
        }
    }

    [Fact]
    public void The_example_configuration_is_the_defaults_and_names_every_key()
    {
        var example = Path.Combine(RepositoryRoot, "config", "config.json");
        var result = Load(example);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(ConfigurationPrinter.Print(Load()), ConfigurationPrinter.Print(result));
        // A "null" would leave no trace in the result, so the names are looked for where they stand.
        var paths = PathsOf(ReadJson(example)).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(ConfigurationKeys.All.Select(static key => key.Path).Except(paths));
    }

    [Fact]
    public void The_example_environment_sets_every_variable_to_the_default()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot, ".env.example"));
        var settings = lines.Select(static line => line.TrimStart('#', ' ')).Where(IsSetting).ToList();
        Assert.All(lines, static line => Assert.True(line.Length == 0 || line[0] == '#', $"set: {line}"));
        var names = settings.Select(static line => line.Split('=')[0]).ToList();
        var expected = ConfigurationKeys.All.SelectMany(static key => key.Variables)
            .Concat(AppFields.Variables.Where(static name => !name.EndsWith("_FILE", StringComparison.Ordinal)))
            .Append(DatabaseUrl.Variable).Append("CONFIG_FILE")
            .Concat(OnlyForCompose);
        Assert.Equal(expected.Distinct().Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));

        // The file it names is the default one, which is not here. A variable of several keys must not change their different defaults.
        var defaults = ConfigurationPrinter.Print(Load());
        Write(".env", string.Join('\n', settings.Where(static line => !line.StartsWith("CONFIG_FILE=", StringComparison.Ordinal))));
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(defaults, ConfigurationPrinter.Print(result));
    }

    [Fact]
    public void The_document_has_values_default_and_variables_of_every_key()
    {
        var document = Path.Combine(RepositoryRoot, "docs", "configuration.md");
        var defaults = Load().Effective;
        if (System.Environment.GetEnvironmentVariable("SOCKUDO_UPDATE_DOCS") is not null)
            File.WriteAllLines(document, Updated([.. File.ReadAllLines(document)], defaults));
        var lines = File.ReadAllLines(document);
        foreach (var key in ConfigurationKeys.All)
        {
            var name = $"| `{key.Path}`{(key.IsSecret ? " (S)" : "")} |";
            var row = Assert.Single(lines, line => line.StartsWith(name, StringComparison.Ordinal));
            var cells = row.Split('|', StringSplitOptions.TrimEntries)[2..];
            Assert.Equal((key.Path, key.Type.Name), (key.Path, Plain(cells[0])));
            Assert.Equal((key.Path, Default(key, defaults)), (key.Path, Plain(cells[1])));
            Assert.Equal((key.Path, string.Join(", ", key.Variables.DefaultIfEmpty("-"))), (key.Path, Plain(cells[2])));
            Assert.NotEmpty(cells[3]);
        }

        var fields = string.Join('\n', lines);
        Assert.All(AppFields.All, field => Assert.Contains($"| `{field.Name}` | `{string.Join("`, `", AppFields.VariablesOf(field.Name))}` |", fields, StringComparison.Ordinal));
    }

    // The rows with the values, defaults and variables of the table. What a key means is written by people: a new key has nothing there yet, and the test says so.
    private static List<string> Updated(List<string> lines, IReadOnlyDictionary<string, object?> defaults)
    {
        foreach (var key in ConfigurationKeys.All)
        {
            var name = $"| `{key.Path}`{(key.IsSecret ? " (S)" : "")} |";
            var at = lines.FindIndex(line => line.StartsWith(name, StringComparison.Ordinal));
            if (at < 0)
            {
                var section = key.Path.Contains('.', StringComparison.Ordinal) ? key.Path[..(key.Path.LastIndexOf('.') + 1)] : "";
                at = lines.FindLastIndex(line => line.StartsWith("| `" + section, StringComparison.Ordinal)) + 1;
                lines.Insert(at, $"{name} | | | |");
            }

            var cells = lines[at].Split('|', StringSplitOptions.TrimEntries);
            cells[2] = Plain(cells[2]) == key.Type.Name ? cells[2] : key.Type.Name;
            cells[3] = Default(key, defaults) is "-" ? "-" : $"`{Default(key, defaults)}`";
            cells[4] = string.Join(", ", key.Variables.Select(static variable => $"`{variable}`").DefaultIfEmpty("-"));
            lines[at] = Plain(lines[at]) == Plain(Row()) ? lines[at] : Row();

            string Row() => $"{name} {cells[2]} | {cells[3]} | {cells[4]} | {string.Join(" | ", cells[5..^1])} |";
        }

        return lines;
    }

    private static string Plain(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    private static string Default(ConfigurationKey key, IReadOnlyDictionary<string, object?> defaults) =>
        !defaults.TryGetValue(key.Path, out var value) ? "[]" : value switch
        {
            null => "-",
            true => "true",
            false => "false",
            UnixFileMode mode => Convert.ToString((int)mode, 8),
            Enum choice => Choices.NameOf(choice),
            string text => text.Length == 0 ? "empty" : text,
            IEnumerable list => list.Cast<object>().Any() ? string.Join(',', list.Cast<object>()) : "[]",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };

    private static bool IsSetting(string line) =>
        line.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && line[..end].All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private static JsonElement ReadJson(string path) => JsonDocument.Parse(
        File.ReadAllText(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;

    private static IEnumerable<string> PathsOf(JsonElement section) => section.EnumerateObject().SelectMany(static member =>
        member.Value.ValueKind == JsonValueKind.Object
            ? PathsOf(member.Value).Select(inner => $"{member.Name}.{inner}")
            : [member.Name]);
}
