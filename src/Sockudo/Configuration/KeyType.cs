using System.Globalization;
using System.Text.RegularExpressions;
using Sockudo.Logging;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>How a value of some key is understood, and what is allowed (configuration.md 2).</summary>
internal sealed partial class KeyType
{
    private const string LoginProblem = "user and password stand in a URL, redis://user:password@host:port, or in database.redis.username and database.redis.password";

    private readonly Func<ConfigNode, (object? Value, string? Problem)> _read;

    private KeyType(string name, Func<ConfigNode, (object? Value, string? Problem)> read, bool isStructured = false)
    {
        Name = name;
        _read = read;
        IsStructured = isStructured;
    }

    public static KeyType Boolean { get; } = new("boolean", static node =>
        TextOf(node)?.ToUpperInvariant() switch
        {
            "TRUE" or "1" or "YES" or "ON" => (true, null),
            "FALSE" or "0" or "NO" or "OFF" => (false, null),
            _ => (null, "must be a boolean: true or false"),
        });

    public static KeyType Text { get; } = new("string", static node =>
        node is ConfigScalar scalar ? (scalar.Text, null) : (null, "must be a string"));

    /// <summary>Where to listen; <c>*</c> is every address.</summary>
    public static KeyType Host { get; } = new("host", static node =>
        TextOf(node) is { } text && (text == "*" || (!text.StartsWith('[') && Uri.CheckHostName(text) != UriHostNameType.Unknown))
            ? (text, null)
            : (null, "must be an IP address without brackets, a host name, localhost, 0.0.0.0, :: or *"));

    public static KeyType PathPrefix { get; } = new("path", static node =>
        TextOf(node) is { } text && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~')
            ? (SockudoOptions.NormalizePathPrefix(text), null)
            : (null, "must be a path of letters, digits and / - _ . ~"));

    public static KeyType HttpUrl { get; } = Url(["http", "https"], static _ => null);

    /// <summary>configuration.md 3.6.1: the path is the number of the database.</summary>
    public static KeyType RedisUrl { get; } = Url(["redis", "rediss"], static url =>
        url.Query.Length > 0 || url.Fragment.Length > 0 || !url.AbsolutePath.TrimStart('/').All(char.IsAsciiDigit)
            ? "must be redis://user:password@host:port/database with nothing behind, and the database a number" : null);

    public static KeyType MySqlUrl { get; } = SqlUrl("mysql");

    public static KeyType PostgresUrl { get; } = SqlUrl("postgres", "postgresql");

    /// <summary>configuration.md 4.2: 0 and -1 mean no limit.</summary>
    public static KeyType Limit { get; } = new("number, 0 or -1 = no limit", static node =>
        TryInteger(node, out var number) && number is >= -1 and <= int.MaxValue
            ? ((int)Math.Max(0, number), null)
            : (null, "must be a whole number, with 0 or -1 for no limit"));

    public static KeyType Ratio { get; } = new("0-1", static node =>
        double.TryParse(TextOf(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
            ? (number, null)
            : (null, "must be a number from 0 to 1"));

    public static KeyType List { get; } = new("list", static node => ReadList(node), isStructured: true);

    /// <summary>Servers of Redis, as <c>host:port</c> or as URLs.</summary>
    public static KeyType Servers { get; } = new("list", static node => ReadServers(node), isStructured: true);

    /// <summary>Entries of <c>allowed_origins</c> (configuration.md 4.4), which CORS takes as well.</summary>
    public static KeyType Origins { get; } = new("list", static node =>
    {
        var (value, problem) = ReadList(node);
        var wrong = (value as IReadOnlyList<string>)?.FirstOrDefault(static text => !OriginPattern.TryParse(text, out _));
        return wrong is null ? (value, problem) : (null, $"\"{Masked.Text(wrong)}\" is no origin; use *, example.com, https://example.com or *.example.com");
    }, isStructured: true);

    public static KeyType FileMode { get; } = new("octal mode", static node =>
    {
        var text = TextOf(node);
        if (text is not { Length: 3 or 4 } || text.Any(static c => c is < '0' or > '7'))
            return (null, "must be an octal file mode such as 660");
        return ((UnixFileMode)Convert.ToInt32(text, 8), null);
    });

    public static KeyType TableName { get; } = new("table name", static node =>
        TextOf(node) is { } text && TableNamePattern().IsMatch(text)
            ? (text, null)
            : (null, "must be a table name: letters, digits and _, optionally schema.table"));

    public static KeyType MetricPrefix { get; } = new("metric prefix", static node =>
        TextOf(node) is { } text && MetricPrefixPattern().IsMatch(text)
            ? (text, null)
            : (null, "must begin with a letter, _ or : and go on with letters, digits, _ or :"));

    public static KeyType Filter { get; } = new("log filter", static node =>
    {
        if (TextOf(node) is not { } text)
            return (null, "must be a log filter such as info,sockudo=debug");
        return LogFilter.TryParse(text, out _, out var problem) ? (text, null) : (null, problem);
    });

    /// <summary>The list of apps, which the app reader understands.</summary>
    public static KeyType Apps { get; } = new("list of apps", static node =>
        node is ConfigArray ? (node, null) : (null, "must be a list of app objects"), isStructured: true);

    /// <summary>The list of an app's webhooks, which the webhook reader understands.</summary>
    public static KeyType Webhooks { get; } = new("list of webhooks", static node =>
        node is ConfigArray ? (node, null) : (null, "must be a list of webhook objects"), isStructured: true);

    /// <summary>For documents and messages.</summary>
    public string Name { get; }

    /// <summary>A URL: only its user info is secret.</summary>
    public bool IsUrl { get; private init; }

    /// <summary>A list or an object, which a variable gives as a comma list or as JSON.</summary>
    public bool IsStructured { get; }

    public static KeyType Integer(int min, int max) => new(
        max == int.MaxValue ? $"{min} or more" : $"{min}-{max}",
        node => TryInteger(node, out var number) && number >= min && number <= max
            ? ((int)number, null)
            : (null, max == int.MaxValue ? $"must be a whole number of at least {min}" : $"must be a whole number from {min} to {max}"));

    public static KeyType OneOf(params int[] allowed) => new(
        string.Join(" or ", allowed),
        node => TryInteger(node, out var number) && allowed.Contains((int)number)
            ? ((int)number, null)
            : (null, $"must be {string.Join(" or ", allowed)}"));

    /// <summary>One of several names; case does not matter, and <c>_</c> is as good as <c>-</c>.</summary>
    /// <param name="choices">Names and what they mean; further names of one meaning follow it.</param>
    public static KeyType Choice(params (string Name, Enum Value)[] choices)
    {
        var main = choices.DistinctBy(static choice => choice.Value).Select(static choice => choice.Name).ToArray();
        return new KeyType(string.Join(", ", main), node =>
        {
            var text = TextOf(node)?.Replace('_', '-');
            foreach (var (name, value) in choices)
            {
                if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
                    return (value, null);
            }

            var kind = choices[0].Value.GetType().Name.EndsWith("Driver", StringComparison.Ordinal) ? "driver" : "value";
            return (null, $"unknown {kind}; use one of {string.Join(", ", main)}");
        });
    }

    /// <summary>A list of servers, as <c>host:port</c> or as objects with <c>host</c> and <c>port</c>.</summary>
    public static KeyType Nodes(string defaultHost, int defaultPort) => new("list of host:port", node =>
    {
        if (node is not ConfigArray array)
            return ReadList(node);
        if (array.Items.Any(IsLoginWithoutScheme))
            return (null, LoginProblem);
        var servers = new List<string>();
        foreach (var item in array.Items)
        {
            if (item is ConfigScalar scalar)
                servers.Add(scalar.Text.Contains(':') ? scalar.Text : $"{scalar.Text}:{defaultPort}");
            else if (item is ConfigObject server && server.Members.All(static member => IsPartOfNode(member)))
                servers.Add($"{TextOf(server.Find("host")) ?? defaultHost}:{TextOf(server.Find("port")) ?? defaultPort.ToString(CultureInfo.InvariantCulture)}");
            else
                return (null, "must be a list of servers, each host:port or an object with host and port");
        }

        return ((IReadOnlyList<string>)servers, null);
    }, isStructured: true);

    private static bool IsPartOfNode(KeyValuePair<string, ConfigNode> member) => member.Key.ToUpperInvariant() switch
    {
        "HOST" => member.Value is ConfigScalar,
        "PORT" => TryInteger(member.Value, out var port) && port is > 0 and <= 65535,
        _ => false,
    };

    private static KeyType SqlUrl(params string[] schemes) => Url(schemes, url =>
        url.Query.Length > 0 || url.Fragment.Length > 0 || url.AbsolutePath.TrimStart('/').Contains('/')
            ? $"must be {schemes[0]}://user:password@host:port/database with nothing behind" : null);

    private static KeyType Url(string[] schemes, Func<Uri, string?> problemOf) => new("URL", node =>
    {
        if (!Uri.TryCreate(TextOf(node), UriKind.Absolute, out var url) || url.Host.Length == 0 || !schemes.Contains(url.Scheme))
            return (null, $"must be a URL that begins with {string.Join(" or ", schemes.Select(static scheme => scheme + "://"))}");
        return problemOf(url) is { } problem ? (null, problem) : (TextOf(node), null);
    })
    { IsUrl = true };

    /// <summary>Understands a value; a problem is a text that says what is wrong and what is right.</summary>
    public (object? Value, string? Problem) Read(ConfigNode node) => _read(node);

    /// <summary>A value of a variable or option as a node: lists are separated by commas, or JSON if they begin with a bracket.</summary>
    /// <exception cref="ConfigurationSyntaxException">It begins as JSON and is none.</exception>
    public ConfigNode FromText(string text, ValueSource source)
    {
        if (!IsStructured)
            return new ConfigScalar(text, IsString: true, source);
        if (text.AsSpan().TrimStart() is ['[' or '{', ..])
            return JsonConfigReader.ReadText(text, source) ?? new ConfigArray([], source);
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new ConfigArray([.. items.Select(item => new ConfigScalar(item, IsString: true, source))], source);
    }

    private static (object? Value, string? Problem) ReadServers(ConfigNode node) =>
        node is ConfigArray array && array.Items.Any(IsLoginWithoutScheme) ? (null, LoginProblem) : ReadList(node);

    // It would be taken for the name of a host, which is shown wherever the server is.
    private static bool IsLoginWithoutScheme(ConfigNode node) =>
        node is ConfigScalar { Text: var text } ? text.Contains('@') && !text.Contains("://", StringComparison.Ordinal)
        : node is ConfigObject server && TextOf(server.Find("host"))?.Contains('@') == true;

    private static (object? Value, string? Problem) ReadList(ConfigNode node)
    {
        if (node is ConfigArray array && array.Items.All(static item => item is ConfigScalar))
            return ((IReadOnlyList<string>)[.. array.Items.Select(static item => ((ConfigScalar)item).Text)], null);
        return (null, "must be a list of strings");
    }

    private static bool TryInteger(ConfigNode node, out long number)
    {
        // "Integer keys refuse fractions", but 10.0 and 1e1 are whole.
        number = 0;
        if (!decimal.TryParse(TextOf(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value != decimal.Truncate(value))
            return false;
        if (Math.Abs(value) > long.MaxValue / 2)
            return false;
        number = (long)value;
        return true;
    }

    private static string? TextOf(ConfigNode? node) => (node as ConfigScalar)?.Text.Trim();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?\z")]
    private static partial Regex TableNamePattern();

    [GeneratedRegex(@"^[a-zA-Z_:][a-zA-Z0-9_:]*\z")]
    private static partial Regex MetricPrefixPattern();
}
