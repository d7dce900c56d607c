namespace Sockudo.Configuration;

/// <summary>
/// Reads the whole configuration: defaults, file, <c>.env</c>, environment, command line, each over the one before. Every
/// mistake of every source is found, also in values that a higher source replaces.
/// </summary>
internal sealed class ConfigurationLoader
{
    private const string DefaultFile = "config/config.json";

    // configuration.md 6: recognised only to say that they have no effect.
    private static readonly HashSet<string> Obsolete =
        new(StringComparer.OrdinalIgnoreCase) { "adapter.cluster.use_connection_manager", "adapter.nats.nodes_number" };

    private readonly ConfigurationSources _sources;
    private readonly ConfigurationProblems _problems = new();
    private readonly ResolvedValues _values = new();

    // What the file gives, by path.
    private readonly Dictionary<string, ConfigNode> _fileValues = new(StringComparer.OrdinalIgnoreCase);

    private ConfigurationLoader(ConfigurationSources sources) => _sources = sources;

    /// <summary>Reads and checks everything; contacts nothing.</summary>
    public static ConfigurationResult Load(ConfigurationSources sources) => new ConfigurationLoader(sources).Load();

    private ConfigurationResult Load()
    {
        var dotEnv = ReadDotEnv();
        var variables = new VariableReader(_sources.Environment, dotEnv ?? [], _sources.WorkingDirectory, _problems);
        var file = ReadFile(variables);
        var databaseUrls = ReadDatabaseUrls(variables);
        foreach (var key in ConfigurationKeys.All)
            Resolve(key, variables, databaseUrls);
        ReadOverrides();
        WarnOfUnknownVariables(variables);
        DatabaseUrl.Reconcile(_values, _problems);

        var apps = new AppListReader(_problems).Read(_values.NodeOf("app_manager.array.apps") as ConfigArray, variables, _values);
        _values.Remove("app_manager.array.apps");
        var options = OptionsBinder.Bind(_values);
        options = options with
        {
            AppManager = options.AppManager with { Array = options.AppManager.Array with { Apps = apps } },
        };
        CrossChecks.Check(options, _values, _problems);
        return new ConfigurationResult(options, _values.Effective, file, dotEnv, _problems.Errors, _problems.Warnings);
    }

    // Null if there is no such file.
    private Dictionary<string, string>? ReadDotEnv()
    {
        var path = Path.Combine(_sources.WorkingDirectory, ".env");
        if (!Path.Exists(path))
            return null;
        try
        {
            RefuseDirectory(path);
            return DotEnvFile.Parse(File.ReadAllText(path), _sources.Environment, _problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problems.Error($".env cannot be read: {exception.Message}");
            return null;
        }
    }

    // The path of the file that was read, or null.
    private string? ReadFile(VariableReader variables)
    {
        var named = _sources.ConfigPath
            ?? variables.FindAll(["CONFIG_FILE", "CONFIG_FILE_PATH"], isSecret: false).Select(static found => found.Text).FirstOrDefault();
        var path = named ?? DefaultFile;
        var fullPath = Path.Combine(_sources.WorkingDirectory, path);
        if (named is null && !Path.Exists(fullPath))
            return null;
        try
        {
            RefuseDirectory(fullPath);
            var root = path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase)
                ? TomlConfigReader.ReadFile(File.ReadAllText(fullPath), path)
                : JsonConfigReader.ReadFile(File.ReadAllBytes(fullPath), path);
            CollectFileValues(root, "", path);
            return path;
        }
        catch (ConfigurationSyntaxException exception)
        {
            foreach (var problem in exception.Problems)
                _problems.Error(problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _problems.Error($"the configuration file {path} cannot be read: {exception.Message}");
        }

        return null;
    }

    // Docker makes a directory of a file that it is to mount and does not find. Reading one fails with a message about rights.
    private static void RefuseDirectory(string path)
    {
        if (Directory.Exists(path))
            throw new IOException("it is a directory; put the file in its place, or remove it");
    }

    private void CollectFileValues(ConfigObject section, string prefix, string file)
    {
        foreach (var (name, node) in section.Members)
        {
            var path = prefix + name;
            if (ConfigurationKeys.ByPath.ContainsKey(path))
                _fileValues[path] = node;
            else if (Obsolete.Contains(path))
                _problems.Warning($"\"{path}\" in {file} has no effect any more: reconnection and cluster membership are automatic");
            else if (!IsSection(path))
                WarnOfUnknownKey(path, prefix, file);
            else if (node is ConfigObject child)
                CollectFileValues(child, path + ".", file);
            else
                _problems.Error(path, node, "must be an object", isSecret: KeysOf(path).Any(static key => key.IsSecret));
        }
    }

    private static bool IsSection(string path) => KeysOf(path).Any();

    private static IEnumerable<ConfigurationKey> KeysOf(string section) =>
        ConfigurationKeys.All.Where(key => key.Path.StartsWith(section + ".", StringComparison.OrdinalIgnoreCase));

    private void WarnOfUnknownKey(string path, string prefix, string file)
    {
        var siblings = ConfigurationKeys.All
            .Where(key => key.Path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(key => key.Path[prefix.Length..].Split('.')[0])
            .Distinct(StringComparer.Ordinal);
        var nearest = NearestName.Find(path[prefix.Length..], siblings);
        _problems.Warning($"unknown key \"{path}\" in {file} is ignored{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}");
    }

    private List<(string Text, ValueSource Source)> ReadDatabaseUrls(VariableReader variables)
    {
        var found = variables.FindAll([DatabaseUrl.Variable], isSecret: true).ToList();
        foreach (var (text, source) in found.Where(static url => DatabaseUrl.KeyOf(url.Text) is null))
            _problems.Error(DatabaseUrl.Variable, new ConfigScalar(text, IsString: true, source), "unknown scheme; use mysql://, postgres:// or redis://", isSecret: true);
        return found;
    }

    // Environment over .env over file. A variable of several keys loses against one of this key alone.
    private void Resolve(ConfigurationKey key, VariableReader variables, List<(string Text, ValueSource Source)> databaseUrls)
    {
        var own = key.Variables.Where(static name => !ConfigurationKeys.SharedVariables.Contains(name)).ToList();
        var shared = key.Variables.Where(ConfigurationKeys.SharedVariables.Contains).ToList();
        var given = variables.FindAll(own, key.IsSecret)
            .Concat(variables.FindAll(shared, key.IsSecret))
            .Concat(databaseUrls.Where(url => DatabaseUrl.KeyOf(url.Text) == key.Path))
            .ToList();
        for (var i = given.Count - 1; i >= 0; i--)
            Accept(key, given[i].Text, given[i].Source);
        if (_fileValues.TryGetValue(key.Path, out var node))
            Accept(key, node, isOverridden: given.Count > 0);
    }

    private void ReadOverrides()
    {
        foreach (var (option, path, value) in _sources.Overrides)
        {
            if (ConfigurationKeys.ByPath.TryGetValue(path, out var key))
            {
                Accept(key, value, ValueSource.Option(option));
                continue;
            }

            var nearest = NearestName.Find(path, ConfigurationKeys.All.Select(static known => known.Path));
            _problems.Error($"{option}: unknown key \"{path}\"{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}");
        }
    }

    private void Accept(ConfigurationKey key, string text, ValueSource source)
    {
        try
        {
            Accept(key, key.Type.FromText(text, source), isOverridden: false);
        }
        catch (ConfigurationSyntaxException exception)
        {
            _problems.Error(key.Path, new ConfigScalar(text, IsString: true, source), key.IsSecret ? "is not valid JSON" : exception.Message, key.IsSecret);
        }
    }

    private void Accept(ConfigurationKey key, ConfigNode node, bool isOverridden)
    {
        var (value, problem) = key.Type.Read(node);
        if (problem is not null)
            _problems.Error(key.Path, node, problem, key.IsSecret);
        else if (!isOverridden)
            _values.Set(key.Path, value!, node);
    }

    private void WarnOfUnknownVariables(VariableReader variables)
    {
        const string Prefix = "SOCKUDO_";
        // Somebody who moves over has forgotten them: no name of soketi's has an effect here, and nothing else would say so.
        var foreign = variables.Names.Where(static name => name.StartsWith("SOKETI_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (foreign.Count > 0)
            _problems.Warning($"variables of soketi are ignored: {string.Join(", ", foreign)}; their names here are in docs/migrating.md");
        var keyed = ConfigurationKeys.All.SelectMany(static key => key.IsSecret
            ? key.Variables.SelectMany(static name => new[] { name, name + "_FILE" })
            : key.Variables);
        var known = keyed.Concat(AppFields.Variables).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in variables.Names.Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            // Kubernetes sets these for a service named "sockudo".
            if (known.Contains(name) || name.StartsWith("SOCKUDO_SERVICE_", StringComparison.Ordinal)
                || name == "SOCKUDO_PORT" || name.StartsWith("SOCKUDO_PORT_", StringComparison.Ordinal))
                continue;
            var nearest = NearestName.Find(name, known);
            _problems.Warning($"unknown variable {name} is ignored{(nearest is null ? "" : $"; did you mean {nearest}?")}");
        }
    }
}
