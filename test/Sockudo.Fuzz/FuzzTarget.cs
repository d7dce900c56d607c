using Sockudo.Fuzz.Targets;

namespace Sockudo.Fuzz;

/// <summary>Something that reads bytes from outside.</summary>
/// <param name="Name">Its name, and that of the folder of its corpus.</param>
/// <param name="Check">
/// Gives it any bytes at all. Throws a <see cref="FindingException"/> if it breaks a rule, and whatever it throws itself: bad input is a result, never an exception.
/// </param>
public sealed record FuzzTarget(string Name, Action<byte[]> Check)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("frames", FrameReaderTarget.Check),
        new("handshake", HandshakeTarget.Check),
        new("json", JsonTarget.Check),
        new("client-message", ClientMessageTarget.Check),
        new("http-body", HttpBodyTarget.Check),
        new("http-query", HttpQueryTarget.Check),
        new("signature", SignatureTarget.Check),
        new("cluster-message", ClusterMessageTarget.Check),
        new("redis-reply", RedisReplyTarget.Check),
        new("configuration-json", ConfigurationTarget.CheckJson),
        new("configuration-toml", ConfigurationTarget.CheckToml),
        new("configuration-dotenv", ConfigurationTarget.CheckDotEnv),
        new("webhook-job", WebhookJobTarget.Check),
        new("webhook-queue", WebhookQueueTarget.Check),
    ];

    /// <summary>The inputs that are known to reach something.</summary>
    public IReadOnlyList<string> Corpus =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", Name)).Order(StringComparer.Ordinal)];

    public override string ToString() => Name;
}
