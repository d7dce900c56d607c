using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

public sealed class NatsTlsTests
{
    [Fact]
    public async Task The_servers_certificate_is_verified_against_the_authority()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { IsTls = true });
        var trusting = new AdapterNatsOptions { Servers = servers.Urls, Tls = new ClientTlsOptions { CaPath = servers.Authority.CaPath } };
        IReadOnlyList<string> tlsUrls = [.. servers.Urls.Select(static url => url.Replace("nats:", "tls:", StringComparison.Ordinal))];
        await ConnectsAsync(trusting with { Tls = trusting.Tls with { Enabled = true } });
        await ConnectsAsync(trusting with { Servers = tlsUrls });
        // The server asks for TLS, so it is used.
        await ConnectsAsync(trusting);
        await ConnectsAsync(new AdapterNatsOptions { Servers = servers.Urls, Tls = new ClientTlsOptions { Enabled = true, Insecure = true } });

        await IsRefusedAsync(new AdapterNatsOptions { Servers = servers.Urls, Tls = new ClientTlsOptions { Enabled = true } });
        await IsRefusedAsync(new AdapterNatsOptions { Servers = tlsUrls });
        await IsRefusedAsync(new AdapterNatsOptions { Servers = servers.Urls });
        await using var others = await NatsServers.StartAsync();
        await IsRefusedAsync(new AdapterNatsOptions { Servers = tlsUrls, Tls = new ClientTlsOptions { CaPath = others.Authority.CaPath } });
    }

    [Fact]
    public async Task The_certificate_must_have_the_name_of_the_server()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { IsTls = true });
        var tls = new ClientTlsOptions { Enabled = true, CaPath = servers.Authority.CaPath };
        IReadOnlyList<string> At(string host) => [.. servers.Urls.Select(url => url.Replace("127.0.0.1", host, StringComparison.Ordinal))];
        await ConnectsAsync(new AdapterNatsOptions { Servers = At("localhost"), Tls = tls });
        await IsRefusedAsync(new AdapterNatsOptions { Servers = At("[::ffff:127.0.0.1]"), Tls = tls });
    }

    [Fact]
    public async Task The_node_has_a_certificate_of_its_own()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { IsTls = true, VerifyClients = true });
        var tls = new ClientTlsOptions { Enabled = true, CaPath = servers.Authority.CaPath };
        await ConnectsAsync(new AdapterNatsOptions { Servers = servers.Urls, Tls = tls with { CertPath = servers.Authority.ClientCertPath, KeyPath = servers.Authority.ClientKeyPath } });
        await Assert.ThrowsAsync<BackendException>(() => NatsNode.StartAsync(new AdapterNatsOptions { Servers = servers.Urls, Tls = tls }));
    }

    [Fact]
    public async Task Tls_is_demanded_where_it_is_configured()
    {
        await using var servers = await NatsServers.StartAsync();
        var options = new AdapterNatsOptions { Servers = servers.Urls, Tls = new ClientTlsOptions { Enabled = true } };
        await IsRefusedAsync(options, "does not offer TLS");
    }

    [Theory]
    [InlineData("ca_path")]
    [InlineData("cert_path")]
    public async Task Files_that_cannot_be_read_are_named(string key)
    {
        var missing = Path.Combine(AppContext.BaseDirectory, "missing.pem");
        var tls = key == "ca_path" ? new ClientTlsOptions { CaPath = missing } : new ClientTlsOptions { CertPath = missing, KeyPath = missing };
        await IsRefusedAsync(new AdapterNatsOptions { Tls = tls }, $"adapter.nats.tls.{key}");
    }

    private static async Task ConnectsAsync(AdapterNatsOptions options)
    {
        await using var node = await NatsNode.StartAsync(options);
        await node.SubscribeAsync("dir");
        await node.PublishAsync("dir", new byte[200_000]);
        await node.PublishAsync("dir", "hello");
        Assert.Equal(200_000, (await node.NextAsync()).Message.Length);
        Assert.Equal(("dir", "hello"), await node.NextAsync());
    }

    private static async Task IsRefusedAsync(AdapterNatsOptions options, string reason = "TLS: ")
    {
        var exception = await Assert.ThrowsAsync<BackendException>(() => NatsNode.StartAsync(options));
        Assert.True(exception.IsPermanent, exception.Message);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("adapter.nats.tls", exception.Message, StringComparison.Ordinal);
    }
}
