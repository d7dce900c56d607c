using System.Security.Cryptography;

namespace Sockudo.Reference;

/// <summary>
/// The least that a signed publish costs in this framework: the body is read and hashed as the protocol demands, and nothing is done with it.
/// </summary>
internal static class HashEndpoint
{
    private static readonly byte[] Secret = "demo-secret"u8.ToArray();

    public static async Task HandleAsync(HttpContext context)
    {
        var body = await Bodies.ReadAsync(context.Request).ConfigureAwait(false);
        Hash(body);
        await Bodies.AnswerAsync(context.Response).ConfigureAwait(false);
    }

    private static void Hash(byte[] body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
#pragma warning disable CA5351 // The protocol's own.
        MD5.HashData(body, hash);
#pragma warning restore CA5351
        HMACSHA256.HashData(Secret, body, hash);
    }
}
