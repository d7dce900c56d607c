using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sockudo.Load.Engine;

/// <summary>
/// A signed POST to the HTTP API whose body may change but keeps its length: everything else is written once, so that signing
/// again costs two hashes and no allocation.
/// </summary>
internal sealed class SignedRequest
{
    private const int TimestampDigits = 10;
    private const int Md5Digits = 2 * MD5.HashSizeInBytes;
    private const int SignatureDigits = 2 * HMACSHA256.HashSizeInBytes;

    private readonly byte[] _secret;
    private readonly byte[] _request;
    private readonly byte[] _signed;
    private readonly int _bodyOffset;

    /// <param name="target">The server and the app.</param>
    /// <param name="resource"><c>events</c> or <c>batch_events</c>.</param>
    /// <param name="body">JSON text.</param>
    public SignedRequest(LoadTarget target, string resource, string body)
    {
        _secret = Encoding.UTF8.GetBytes(target.Secret);
        var path = $"{target.Prefix}/apps/{target.AppId}/{resource}";
        var query = $"auth_key={target.Key}&auth_timestamp={new string('0', TimestampDigits)}&auth_version=1.0&body_md5={new string('0', Md5Digits)}";
        _signed = Encoding.UTF8.GetBytes($"POST\n{path}\n{query}");
        var head = $"POST {path}?{query}&auth_signature={new string('0', SignatureDigits)} HTTP/1.1\r\nHost: {target.Url.Authority}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n";
        _request = Encoding.UTF8.GetBytes(head + body);
        _bodyOffset = Encoding.UTF8.GetByteCount(head);
        Sign();
    }

    /// <summary>The request as it is sent.</summary>
    public ReadOnlySpan<byte> Bytes => _request;

    /// <summary>The body; after a change <see cref="Sign"/> must be called.</summary>
    public Span<byte> Body => _request.AsSpan(_bodyOffset);

    /// <summary>Signs the body as it is now, with the time of now.</summary>
    public void Sign()
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var query = _signed.AsSpan(_signed.AsSpan().IndexOf("auth_key="u8));
        var timestamp = query[(query.IndexOf("auth_timestamp="u8) + 15)..];
        Utf8Formatter.TryFormat(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), timestamp, out _, new StandardFormat('D', TimestampDigits));
#pragma warning disable CA5351 // The protocol's own.
        MD5.HashData(Body, hash);
#pragma warning restore CA5351
        Convert.TryToHexStringLower(hash[..MD5.HashSizeInBytes], query[^Md5Digits..], out _);
        HMACSHA256.HashData(_secret, _signed, hash);

        var destination = _request.AsSpan(_request.AsSpan().IndexOf((byte)'?') + 1);
        query.CopyTo(destination);
        Convert.TryToHexStringLower(hash, destination[(query.Length + "&auth_signature=".Length)..], out _);
    }
}
