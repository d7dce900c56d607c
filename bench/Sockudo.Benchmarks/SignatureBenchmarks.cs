using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sockudo.Protocol;
using Sockudo.Protocol.Signatures;

namespace Sockudo.Benchmarks;

/// <summary>Whether a request of the HTTP API or a subscription is genuine.</summary>
[MemoryDiagnoser]
public class SignatureBenchmarks
{
    private const string Key = "278d425bdf160c739803";
    private const string Secret = "7ad3773142a6692b25b8";
    private static readonly SigningKey SigningKey = new(Secret);
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1353088179);

    private string _query = "";
    private string _auth = "";
    private byte[] _body = [];

    [Params(125, 10 * 1024)]
    public int Body { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = new byte[Body];
#pragma warning disable CA5351 // The protocol's own.
        var md5 = Convert.ToHexStringLower(MD5.HashData(_body));
#pragma warning restore CA5351
        var parameters = $"auth_key={Key}&auth_timestamp=1353088179&auth_version=1.0&body_md5={md5}";
        _query = $"{parameters}&auth_signature={Signature.Compute(Secret, Encoding.UTF8.GetBytes($"POST\n/apps/3/events\n{parameters}"))}";
        _auth = $"{Key}:{Signature.Compute(Secret, "1234.1234:private-foobar"u8)}";
    }

    /// <summary>A signed publish, query included.</summary>
    [Benchmark]
    public string? Request()
    {
        var query = RequestQuery.Parse(_query.AsMemory());
        return (RequestSignature.Check("POST", "/apps/3/events", "", query, Key, SigningKey, Now) ?? RequestSignature.CheckBody(query, _body)) is { } refusal
            ? throw new InvalidOperationException(refusal)
            : null;
    }

    /// <summary>A subscription of a private channel.</summary>
    [Benchmark]
    public PusherError? Subscription() =>
        SocketAuth.Check(_auth, Key, SigningKey, SocketAuth.ChannelString("1234.1234", "private-foobar", channelData: null));
}
