using System.Net.Security;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;

namespace Sockudo.Redis;

/// <summary>TLS as <c>database.redis.tls</c> says.</summary>
/// <param name="options">The section.</param>
/// <exception cref="BackendException">A file cannot be used.</exception>
internal sealed class RedisTls(ClientTlsOptions options)
{
    private readonly ClientCertificates _certificates = new(options, "database.redis.tls");

    public SslClientAuthenticationOptions For(string host)
    {
        var client = new SslClientAuthenticationOptions { TargetHost = host };
        _certificates.AddTo(client);
        if (options.Insecure)
        {
#pragma warning disable CA5359 // This is what the operator asks for, who is warned of it at the start.
            client.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return client;
    }
}
