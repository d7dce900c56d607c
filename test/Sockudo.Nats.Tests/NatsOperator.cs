using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using NATS.NKeys;

namespace Sockudo.Nats.Tests;

/// <summary>An operator with one account: signs the JWTs that a server and its users need (version 2 of their claims).</summary>
internal sealed class NatsOperator : IDisposable
{
    private readonly KeyPair _operator = KeyPair.CreatePair(PrefixByte.Operator);
    private readonly KeyPair _account = KeyPair.CreatePair(PrefixByte.Account);

    /// <summary>What the server must know.</summary>
    public string Configuration =>
        $$"""
        operator: {{Sign(_operator, _operator, "operator", [])}}
        resolver: MEMORY
        resolver_preload: { {{_account.GetPublicKey()}}: {{Sign(_operator, _account, "account", AccountLimits())}} }
        """;

    /// <summary>The text of a credentials file of a new user.</summary>
    public string Credentials()
    {
        using var user = KeyPair.CreatePair(PrefixByte.User);
        return $"""
            -----BEGIN NATS USER JWT-----
            {Sign(_account, user, "user", new JsonObject { ["subs"] = -1, ["data"] = -1, ["payload"] = -1 })}
            ------END NATS USER JWT------

            ************************* IMPORTANT *************************
            -----BEGIN USER NKEY SEED-----
            {user.GetSeed()}
            ------END USER NKEY SEED------
            """;
    }

    public void Dispose()
    {
        _operator.Dispose();
        _account.Dispose();
    }

    private static JsonObject AccountLimits() => new()
    {
        ["limits"] = new JsonObject
        {
            ["subs"] = -1,
            ["conn"] = -1,
            ["leaf"] = -1,
            ["imports"] = -1,
            ["exports"] = -1,
            ["data"] = -1,
            ["payload"] = -1,
            ["wildcards"] = true,
        },
    };

    private static string Sign(KeyPair issuer, KeyPair subject, string type, JsonObject claims)
    {
        claims["type"] = type;
        claims["version"] = 2;
        var payload = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["iss"] = issuer.GetPublicKey(),
            ["sub"] = subject.GetPublicKey(),
            ["name"] = type,
            ["nats"] = claims,
        };
        var text = $"{Encode("""{"typ":"JWT","alg":"ed25519-nkey"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(payload.ToJsonString()))}";
        var signature = new byte[64];
        issuer.Sign(Encoding.ASCII.GetBytes(text), signature);
        return $"{text}.{Encode(signature)}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
