using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification.Backends;

/// <summary>A request to a receiver of webhooks, as it came.</summary>
public sealed record WebhookRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The events, one by one.</summary>
    public IReadOnlyList<string> Events => [.. JsonNode.Parse(Body)!["events"]!.AsArray().Select(static item => item!.ToJsonString(JsonOptions))];

    /// <summary>The signature that it came with.</summary>
    public string? Signature => Headers.GetValueOrDefault("X-Pusher-Signature");

    /// <summary>The signature of the bytes of the body.</summary>
    public string SignatureBy(string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Body)));

    /// <summary>It must have been signed with this secret.</summary>
    public WebhookRequest Verify(string secret)
    {
        Assert.Equal(SignatureBy(secret), Signature);
        return this;
    }
}
