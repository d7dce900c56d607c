using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

public sealed class NatsServerAddressTests
{
    [Theory]
    [InlineData("nats://host:4333", "nats://host:4333")]
    [InlineData("nats://host", "nats://host:4222")]
    [InlineData("tls://host/", "tls://host:4222")]
    [InlineData("host:4333", "nats://host:4333")]
    [InlineData(" nats://[::1]:4333 ", "nats://[::1]:4333")]
    [InlineData("nats://user:p%40ss@host", "nats://host:4222")]
    public void A_server_is_read_and_shown_without_user_info(string url, string shown) =>
        Assert.Equal(shown, Assert.Single(NatsServerAddress.ParseAll([url])).ToString());

    [Theory]
    [InlineData("http://secret:pass@host")]
    [InlineData("nats://secret:pass@host/path")]
    [InlineData("nats://secret:pass@host?x=1")]
    [InlineData("nats://secret:pass@host:99999")]
    [InlineData("nats://")]
    [InlineData("")]
    public void Another_text_is_a_permanent_error_that_does_not_repeat_it(string url)
    {
        var exception = Assert.Throws<BackendException>(() => NatsServerAddress.ParseAll(["nats://good", url]));
        Assert.True(exception.IsPermanent);
        Assert.Contains("adapter.nats.servers[1]", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_server_is_a_permanent_error() => Assert.True(Assert.Throws<BackendException>(() => NatsServerAddress.ParseAll([])).IsPermanent);

    [Fact]
    public void User_info_is_percent_decoded()
    {
        var servers = NatsServerAddress.ParseAll(["nats://us%3Aer:p%40ss@host", "nats://to%2Fken@host", "nats://host"]);
        Assert.Equal(("us:er", "p@ss"), (servers[0].Login!.Username, servers[0].Login!.Password));
        Assert.Equal("to/ken", servers[1].Login!.Token);
        Assert.Null(servers[2].Login);
    }

    [Fact]
    public void Announced_servers_have_the_same_user_and_the_certificate_of_a_name()
    {
        var server = Assert.Single(NatsServerAddress.ParseAll(["tls://user:pass@nats.example:4222"]));
        var byAddress = server.Announced("10.0.0.2:4223")!;
        var byName = server.Announced("other.example:4223")!;
        Assert.Equal(("tls://10.0.0.2:4223", "nats.example", "user"), (byAddress.ToString(), byAddress.CertificateHost, byAddress.Login!.Username));
        Assert.Equal(("tls://other.example:4223", "other.example"), (byName.ToString(), byName.CertificateHost));
        Assert.Equal(server, server.Announced("NATS.example:4222"));
    }
}
