using NATS.NKeys;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Nats.Tests;

/// <summary>Every way of saying who one is, and that nothing of it gets into messages.</summary>
public sealed class NatsAuthTests
{
    private const string User = "us er";
    private const string Password = "p@ss:word/1";
    private const string Wrong = "wr0ng";

    [Fact]
    public async Task User_and_password()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { User = User, Password = Password });
        var options = new AdapterNatsOptions { Servers = servers.Urls };
        // Together they win over a token, and what the URL says wins over everything.
        await ConnectsAsync(options with { Username = User, Password = Password, Token = Wrong });
        await ConnectsAsync(options with
        {
            Servers = [.. servers.Urls.Select(static url => url.Replace("//", $"//{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password)}@", StringComparison.Ordinal))],
            Username = Wrong,
            Password = Wrong,
        });
        await IsRefusedAsync(options);
        await IsRefusedAsync(options with { Username = User, Password = Wrong });
        await IsRefusedAsync(options with { Token = Wrong });
        await IsRefusedAsync(options with { Servers = [.. servers.Urls.Select(static url => url.Replace("//", $"//user:{Wrong}@", StringComparison.Ordinal))] });
    }

    [Fact]
    public async Task Token()
    {
        const string Secret = "t0ken@x";
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Token = Secret });
        var options = new AdapterNatsOptions { Servers = servers.Urls };
        await ConnectsAsync(options with { Token = Secret });
        await ConnectsAsync(options with { Servers = [.. servers.Urls.Select(static url => url.Replace("//", $"//{Uri.EscapeDataString(Secret)}@", StringComparison.Ordinal))] });
        await IsRefusedAsync(options with { Token = Wrong });
    }

    [Fact]
    public async Task Nkey()
    {
        using var pair = KeyPair.CreatePair(PrefixByte.User);
        using var other = KeyPair.CreatePair(PrefixByte.User);
        using var account = KeyPair.CreatePair(PrefixByte.Account);
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Nkey = pair.GetPublicKey() });
        var options = new AdapterNatsOptions { Servers = servers.Urls };
        await ConnectsAsync(options with { NkeySeed = pair.GetSeed() + "\n" });
        await IsRefusedAsync(options with { NkeySeed = other.GetSeed() }, other.GetSeed());
        await IsRefusedAsync(options with { NkeySeed = account.GetSeed() }, account.GetSeed(), "adapter.nats.nkey_seed is not the seed of a user");
        await IsRefusedAsync(options with { NkeySeed = Wrong }, Wrong, "adapter.nats.nkey_seed is not a seed");
    }

    [Fact]
    public async Task Credentials_file()
    {
        using var company = new NatsOperator();
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Configuration = company.Configuration });
        var options = new AdapterNatsOptions { Servers = servers.Urls };
        var folder = Directory.CreateTempSubdirectory("nats-creds-");
        try
        {
            var file = Path.Combine(folder.FullName, "user.creds");
            await File.WriteAllTextAsync(file, company.Credentials());
            await ConnectsAsync(options with { CredentialsFile = file });

            using var stranger = new NatsOperator();
            await File.WriteAllTextAsync(file, stranger.Credentials());
            await IsRefusedAsync(options with { CredentialsFile = file });

            await File.WriteAllTextAsync(file, "-----BEGIN NATS USER JWT-----\nabc\n");
            await IsRefusedAsync(options with { CredentialsFile = file }, "abc", "no user JWT and seed");
            await File.WriteAllTextAsync(file, $"-----BEGIN NATS USER JWT-----\nabc\n-----BEGIN USER NKEY SEED-----\n{Wrong}\n");
            await IsRefusedAsync(options with { CredentialsFile = file }, Wrong, "is not a seed");
            await IsRefusedAsync(options with { CredentialsFile = file + "x" }, Wrong, "adapter.nats.credentials_file cannot be read");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Permissions_that_are_missing_are_found_at_the_start()
    {
        const string Rule = """authorization { users: [ { user: a, password: b, permissions: { publish: "mine.>", subscribe: "mine.>" } } ] }""";
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Configuration = Rule });
        var options = new AdapterNatsOptions { Servers = servers.Urls, Username = "a", Password = "b" };
        await ConnectsAsync(options with { Prefix = "mine" });
        await IsRefusedAsync(options with { Prefix = "yours" }, "word", "adapter.nats.prefix");
    }

    [Fact]
    public async Task Permissions_that_are_missing_later_are_an_outage()
    {
        const string Rule = """authorization { users: [ { user: a, password: b, permissions: { publish: "p.>", subscribe: [ "p.node.>", "p.dir" ] } } ] }""";
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Configuration = Rule });
        await using var node = await NatsNode.StartAsync(new AdapterNatsOptions { Servers = servers.Urls, Username = "a", Password = "b", Prefix = "p" });
        _ = node.Bus.SubscribeAsync("ch:a:b", CancellationToken.None).AsTask();
        await NatsNode.UntilAsync(() => node.Bus.MessagesDropped > 0);
        await NatsNode.UntilAsync(() => node.Log.Lines.Any(static line => line.Contains("Permissions Violation", StringComparison.Ordinal)));
        await node.Bus.UnsubscribeAsync("ch:a:b", CancellationToken.None);
        await node.SubscribeAsync("dir");
    }

    [Fact]
    public async Task A_server_that_takes_too_little_is_refused()
    {
        await using var servers = await NatsServers.StartAsync(new NatsServersOptions { Configuration = "max_payload: 300000" });
        await IsRefusedAsync(new AdapterNatsOptions { Servers = servers.Urls }, "word", "max_payload");
    }

    private static async Task ConnectsAsync(AdapterNatsOptions options)
    {
        await using var node = await NatsNode.StartAsync(options);
        await node.SubscribeAsync("dir");
        await node.PublishAsync("dir", "hello");
        Assert.Equal(("dir", "hello"), await node.NextAsync());
    }

    private static async Task IsRefusedAsync(AdapterNatsOptions options, string secret = Wrong, string reason = "adapter.nats.username")
    {
        var exception = await Assert.ThrowsAsync<BackendException>(() => NatsNode.StartAsync(options));
        Assert.True(exception.IsPermanent, exception.Message);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            Assert.DoesNotContain(secret, cause.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, cause.Message, StringComparison.Ordinal);
        }
    }
}
