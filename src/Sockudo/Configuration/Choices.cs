using Sockudo.Server.Options;

namespace Sockudo.Configuration;

/// <summary>The keys that take one of several names.</summary>
internal static class Choices
{
    // Names by value, for printing: the first name of a value is the one of the documentation.
    private static readonly Dictionary<Enum, string> s_names = [];

    /// <summary>The documented name of a value.</summary>
    public static string NameOf(Enum value) => s_names[value];

    public static KeyType WebsocketTransports { get; } = Choice(
        ("auto", WebsocketTransport.Auto),
        ("epoll", WebsocketTransport.Epoll),
        ("kestrel", WebsocketTransport.Kestrel));

    public static KeyType Adapters { get; } = Choice(
        ("local", AdapterDriver.Local),
        ("redis", AdapterDriver.Redis),
        ("redis-cluster", AdapterDriver.RedisCluster),
        ("nats", AdapterDriver.Nats));

    public static KeyType AppManagers { get; } = Choice(
        ("memory", AppManagerDriver.Memory),
        ("sqlite", AppManagerDriver.Sqlite),
        ("mysql", AppManagerDriver.MySql),
        ("pgsql", AppManagerDriver.PostgreSql),
        ("postgres", AppManagerDriver.PostgreSql),
        ("postgresql", AppManagerDriver.PostgreSql),
        ("dynamodb", AppManagerDriver.DynamoDb));

    public static KeyType Caches { get; } = Choice(
        ("memory", CacheDriver.Memory),
        ("redis", CacheDriver.Redis),
        ("redis-cluster", CacheDriver.RedisCluster),
        ("none", CacheDriver.None));

    public static KeyType TlsModes { get; } = Choice(
        ("disabled", TlsMode.Disabled),
        ("preferred", TlsMode.Preferred),
        ("required", TlsMode.Required),
        ("verify-ca", TlsMode.VerifyCa),
        ("verify-full", TlsMode.VerifyFull));

    public static KeyType Queues { get; } = Choice(
        ("memory", QueueDriver.Memory),
        ("sqlite", QueueDriver.Sqlite),
        ("redis", QueueDriver.Redis),
        ("redis-cluster", QueueDriver.RedisCluster),
        ("sqs", QueueDriver.Sqs),
        ("none", QueueDriver.None));

    public static KeyType RateLimiters { get; } = Choice(
        ("memory", RateLimiterDriver.Memory),
        ("redis", RateLimiterDriver.Redis),
        ("redis-cluster", RateLimiterDriver.RedisCluster),
        ("none", RateLimiterDriver.None));

    public static KeyType MetricsFormats { get; } = Choice(("prometheus", MetricsDriver.Prometheus));

    public static KeyType TlsVersions { get; } = Choice(("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));

    public static KeyType LogLevels { get; } = Choice(
        ("trace", LoggingLevel.Trace),
        ("debug", LoggingLevel.Debug),
        ("info", LoggingLevel.Info),
        ("warn", LoggingLevel.Warn),
        ("error", LoggingLevel.Error),
        ("off", LoggingLevel.Off));

    public static KeyType LogFormats { get; } = Choice(
        ("text", LoggingFormat.Text),
        ("human", LoggingFormat.Text),
        ("json", LoggingFormat.Json));

    public static KeyType Colors { get; } = Choice(
        ("auto", LoggingColors.Auto),
        ("true", LoggingColors.On),
        ("on", LoggingColors.On),
        ("yes", LoggingColors.On),
        ("1", LoggingColors.On),
        ("false", LoggingColors.Off),
        ("off", LoggingColors.Off),
        ("no", LoggingColors.Off),
        ("0", LoggingColors.Off));

    // Not generic: a start should not compile the same code for every enum.
    private static KeyType Choice(params (string Name, Enum Value)[] choices)
    {
        foreach (var (name, value) in choices)
            s_names.TryAdd(value, name);
        return KeyType.Choice(choices);
    }
}
