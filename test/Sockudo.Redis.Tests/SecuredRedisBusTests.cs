using Sockudo.Server.Cluster;
using Sockudo.Server.Options;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <inheritdoc/>
public sealed class SecuredRedisBusTests(SecuredRedis fixture) : ClusterBusSpec, IClassFixture<SecuredRedis>
{
    protected override async Task<IClusterBus> CreateAsync(string nodeName, string prefix)
    {
        var server = await fixture.GetAsync();
        return Buses.Over(new RedisTarget
        {
            Options = new RedisOptions
            {
                Url = $"rediss://{SecuredRedis.User}:{Uri.EscapeDataString(SecuredRedis.Password)}@localhost:{server.TlsPort}",
                Tls = new ClientTlsOptions
                {
                    CaPath = server.Authority.CaPath,
                    CertPath = server.Authority.ClientCertPath,
                    KeyPath = server.Authority.ClientKeyPath,
                },
            },
        }, nodeName, prefix);
    }

    protected override async Task BreakAsync() => await (await fixture.GetAsync()).KillAsync();

    protected override async Task MendAsync() => await (await fixture.GetAsync()).StartAgainAsync();
}
