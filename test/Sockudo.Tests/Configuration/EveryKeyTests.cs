using System.Collections;
using System.Text.Json;
using Sockudo.Configuration;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>What holds for every key of the table, proved for every key.</summary>
public sealed class EveryKeyTests : ConfigurationTest
{
    // Of these, every type takes at least two.
    private static readonly string[] Samples =
    [
        "true", "false", "2", "4100", "100000", "20000", "0.5", "600", "1.3", "https://x.example", "redis://x.example", "mysql://x.example/d",
        "postgres://x.example/d", "a.example", "x.y", "debug", "trace", "epoll", "kestrel", "redis", "mysql", "none", "json", "verify-full", "required", "sample",
    ];

    // An app list has tests of its own, and metrics have one driver only.
    public static TheoryData<string> Keys =>
        [.. ConfigurationKeys.All.Where(static key => key.Type != KeyType.Apps && key.Path != "metrics.driver").Select(static key => key.Path)];

    [Fact]
    public void Only_these_variables_set_several_keys()
    {
        Assert.Equal(
            ["CACHE_CLEANUP_INTERVAL", "CACHE_MAX_CAPACITY", "CACHE_TTL_SECONDS", "DATABASE_CONNECTION_POOL_SIZE", "REDIS_CLUSTER_NODES"],
            ConfigurationKeys.SharedVariables.Order(StringComparer.Ordinal));
        Assert.All(ConfigurationKeys.All, static key => Assert.Distinct(key.Variables));
        Assert.Distinct(ConfigurationKeys.All.Select(static key => key.Path), StringComparer.OrdinalIgnoreCase);
        Assert.Empty(AppVariables.Intersect(ConfigurationKeys.All.SelectMany(static key => key.Variables)));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Each_source_sets_the_property_of_the_key_s_name_over_the_source_below(string path)
    {
        var key = ConfigurationKeys.ByPath[path];
        var byDefault = Show(PropertyOf(Load().Options, path));
        var values = Samples.Where(sample => Understood(key, sample) is { } value && Show(value) != byDefault).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(values);
        var (low, high) = (values[0], values[^1]);

        var json = key.Type.IsStructured ? JsonSerializer.Serialize(new[] { low }) : JsonSerializer.Serialize(low);
        Write("config/config.json", Nest(path, json));
        Assert.Equal(Show(Understood(key, low)), Show(PropertyOf(Load().Options, path)));
        Assert.Equal(Show(Understood(key, low)), Show(Load().Effective[path]));
        Write("config/config.json", Nest(path.ToUpperInvariant(), "null"));
        Assert.Equal(byDefault, Show(PropertyOf(Load().Options, path)));

        Write("config/config.json", Nest(path.ToUpperInvariant(), json));
        foreach (var variable in key.Variables)
        {
            Write(".env", $"{variable}={high}");
            Assert.Equal(Show(Understood(key, high)), Show(PropertyOf(Load().Options, path)));
            Write(".env", $"{variable}={low}");
            Environment[variable] = high;
            Assert.Equal(Show(Understood(key, high)), Show(PropertyOf(Load().Options, path)));
            Environment.Remove(variable);
        }

        foreach (var variable in key.Variables)
            Environment[variable] = low;
        Overrides.Add(("--set", path.ToUpperInvariant(), high));
        Assert.Equal(Show(Understood(key, high)), Show(PropertyOf(Load().Options, path)));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_mistake_names_key_place_and_what_is_right_in_one_line(string path)
    {
        // No key takes an object, on any line but the second.
        var key = ConfigurationKeys.ByPath[path];
        Write("config/config.json", "\n" + Nest(path, """{"a":{"b":"hunter2"}}"""));
        var error = Load().Errors[0];
        Assert.StartsWith($"{path} = {(key.IsSecret ? "\"***\"" : "{…}")} (config/config.json:2): ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    private static IEnumerable<string> AppVariables => AppFields.Variables;

    private static object? Understood(ConfigurationKey key, string text) =>
        key.Type.Read(key.Type.FromText(text, ValueSource.Option("--set"))).Value;

    // {"a":{"b":value}} for a.b.
    private static string Nest(string path, string value) =>
        path.Split('.').Reverse().Aggregate(value, static (inner, name) => $"{{\"{name}\":{inner}}}");

    private static object? PropertyOf(SockudoOptions options, string path) => path.Split('.').Aggregate(
        (object?)options, static (section, name) => section!.GetType().GetProperty(Pascal(name))!.GetValue(section));

    private static string Pascal(string name) => string.Concat(name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static string Show(object? value) => value is IEnumerable list and not string ? string.Join(',', list.Cast<object>()) : $"{value}";
}
