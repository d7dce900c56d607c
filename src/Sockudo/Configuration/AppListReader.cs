using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>Reads the configured apps and adds the default app (configuration.md 4.3).</summary>
internal sealed class AppListReader(ConfigurationProblems problems)
{
    private const string ListPath = "app_manager.array.apps";
    private const string DefaultPath = "default app";

    private static readonly ValueSource BuiltIn = new(0, "default");

    private static readonly (string Name, string Value)[] Demo = [("id", "demo-app"), ("key", "demo-key"), ("secret", "demo-secret")];

    /// <summary>All apps; those with mistakes are left out after the mistakes have been reported.</summary>
    public IReadOnlyList<App> Read(ConfigArray? list, VariableReader variables, ResolvedValues values)
    {
        var objects = new List<(string Path, ConfigObject App)>();
        foreach (var (item, index) in (list?.Items ?? []).Select(static (item, index) => (item, index)))
        {
            if (item is ConfigObject app)
                objects.Add(($"{ListPath}[{index}]", app));
            else
                problems.Error($"{ListPath}[{index}]", item, "must be an app object", isSecret: true);
        }

        var given = ReadVariables(variables);
        var named = Demo.Count(field => given.Exists(member => member.Key == field.Name));
        // With a database, where a key as everybody knows it would stay: "only when all three variables are set".
        if (values.Or("app_manager.driver", AppManagerDriver.Memory) == AppManagerDriver.Memory ? objects.Count == 0 || named > 0 : named == Demo.Length)
            AddDefaultApp(objects, given);
        var reader = new AppReader(problems);
        var apps = objects.Select(entry => (entry.Path, entry.App, Read: reader.Read(entry.Path, entry.App))).ToList();
        ReportDuplicates(apps.Select(static entry => (entry.Path, entry.App)), "id");
        ReportDuplicates(apps.Select(static entry => (entry.Path, entry.App)), "key");
        return [.. apps.Select(static entry => entry.Read).OfType<App>()];
    }

    // Created when no app is listed or when its id, key or secret is set; if the file lists its id, the variables that are set
    // override fields of that app instead.
    private static void AddDefaultApp(List<(string Path, ConfigObject App)> objects, List<KeyValuePair<string, ConfigNode>> given)
    {
        var members = given.ToList();
        foreach (var (name, value) in Demo)
        {
            if (!members.Exists(member => member.Key == name))
                members.Add(new(name, new ConfigScalar(value, IsString: true, BuiltIn)));
        }

        var id = (members.First(static member => member.Key == "id").Value as ConfigScalar)?.Text;
        var listed = objects.FindIndex(entry => (entry.App.Find("id") as ConfigScalar)?.Text == id);
        if (listed < 0)
        {
            objects.Add((DefaultPath, new ConfigObject(members, BuiltIn)));
            return;
        }

        var (path, app) = objects[listed];
        var kept = app.Members.Where(member => !given.Exists(own => own.Key.Equals(member.Key, StringComparison.OrdinalIgnoreCase)));
        objects[listed] = (path, app with { Members = [.. kept, .. given] });
    }

    private List<KeyValuePair<string, ConfigNode>> ReadVariables(VariableReader variables)
    {
        var members = new List<KeyValuePair<string, ConfigNode>>();
        foreach (var (name, type) in AppFields.All)
        {
            if (variables.FindAll(AppFields.VariablesOf(name), isSecret: AppFields.Secrets.Contains(name)).FirstOrDefault() is not { Text: { } text, Source: var source })
                continue;
            try
            {
                members.Add(new(name, type.FromText(text, source)));
            }
            catch (ConfigurationSyntaxException exception)
            {
                problems.Error($"{DefaultPath}.{name}", new ConfigScalar(text, IsString: true, source), exception.Message, isSecret: true);
            }
        }

        return members;
    }

    private void ReportDuplicates(IEnumerable<(string Path, ConfigObject App)> apps, string field)
    {
        var same = apps
            .Select(entry => (entry.Path, Value: entry.App.Find(field) as ConfigScalar))
            .Where(static entry => entry.Value is not null)
            .GroupBy(static entry => entry.Value!.Text, StringComparer.Ordinal)
            .Where(static group => group.Count() > 1);
        foreach (var group in same)
        {
            var (path, value) = group.Last();
            problems.Error($"{path}.{field}", value!, $"another app has the same {field}; every app needs its own");
        }
    }
}
