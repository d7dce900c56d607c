using NATS.Client.Core;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using NatsTlsMode = NATS.Client.Core.TlsMode;

namespace Sockudo.Nats;

/// <summary>
/// TLS to the servers. It is demanded by <c>adapter.nats.tls.enabled</c> and by <c>tls://</c>; without them it is still used when the server asks for it.
/// The files are read for each connection, so that they can be renewed under a running server.
/// </summary>
internal static class NatsTls
{
    /// <exception cref="BackendException">A configured file cannot be used.</exception>
    public static NatsTlsOpts For(NatsServerAddress server, ClientTlsOptions options)
    {
        var certificates = new ClientCertificates(options, "adapter.nats.tls");
        return new NatsTlsOpts
        {
            Mode = options.Enabled || server.IsTls ? NatsTlsMode.Require : NatsTlsMode.Prefer,
            InsecureSkipVerify = options.Insecure,
            ConfigureClientAuthentication = client =>
            {
                client.TargetHost = server.CertificateHost;
                certificates.AddTo(client);
                return ValueTask.CompletedTask;
            },
        };
    }
}
