using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Stores.Tests.Sql;

/// <summary>What operators get wrong, what servers do, and TLS, for both servers alike.</summary>
public sealed class SqlMistakesTests(MariaDb mariaDb, Postgres postgres)
{
    private static readonly AppRecord App = new() { ["id"] = "a", ["key"] = "k", ["secret"] = "s" };

    public static TheoryData<string> Kinds => ["mysql", "postgres"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wrong_password_user_or_database_is_told_at_once_and_without_the_password(string kind)
    {
        var options = await OptionsAsync(kind);
        foreach (var wrong in new[] { options with { Password = "wrong-password" }, options with { Database = "nowhere" }, options with { Username = "nobody" } })
        {
            await using var database = Create(kind, wrong);
            var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
            Assert.True(exception.IsPermanent, exception.ToString());
            Assert.Contains($"127.0.0.1:{options.Port}", exception.Message, StringComparison.Ordinal);
            Assert.Contains($"database.{kind}", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-password", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(options.Password, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_server_that_is_not_there_may_come_later(string kind)
    {
        await using var database = Create(kind, await OptionsAsync(kind) with { Port = FreePort.Next() });
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.False(exception.IsPermanent);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_server_of_another_kind_cannot_be_used(string kind)
    {
        foreach (var words in new[] { OddServer.Zeros, OddServer.Http, OddServer.Noise })
        {
            using var server = new OddServer(words);
            await using var database = Create(kind, new SqlOptions { Host = "127.0.0.1", Port = server.Port, Username = "app", Password = "p", Database = "app" });
            var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
            Assert.Contains($"127.0.0.1:{server.Port}", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_server_that_stands_still_is_given_up_and_used_again(string kind)
    {
        var options = await OptionsAsync(kind);
        await using var proxy = TcpProxy.To(options.Port);
        await using var database = Create(kind, options with { Port = proxy.Port, TableName = "still" });
        await database.StartAsync(default);
        await database.InsertAsync(App, default);
        proxy.Hold();
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<BackendException>(() => database.FindByIdAsync("a", default));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 1, 12);
        Assert.False(database.State.IsUp);
        proxy.Heal();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!database.State.IsUp)
        {
            try
            {
                await database.FindByIdAsync("a", patience.Token);
            }
            catch (BackendException)
            {
                await Task.Delay(100, patience.Token);
            }
        }

        await database.DeleteAsync("a", default);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_url_wins_over_single_keys_and_what_it_omits_comes_from_them(string kind)
    {
        var options = await OptionsAsync(kind);
        await using var all = Create(kind, new SqlOptions { Url = $"{kind}://app:{Uri.EscapeDataString(options.Password)}@127.0.0.1:{options.Port}/app", Host = "nowhere.invalid", Port = 1, TableName = "by_url" });
        await all.StartAsync(default);
        await using var part = Create(kind, options with { Url = $"{kind}://127.0.0.1", TableName = "by_url" });
        await part.StartAsync(default);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task TLS_is_used_as_the_mode_says(string kind)
    {
        var options = await OptionsAsync(kind) with { TableName = "by_tls" };
        var ca = kind == "mysql" ? (await mariaDb.GetAsync()).Authority.CaPath : (await postgres.GetAsync()).Authority.CaPath;
        foreach (var good in new[]
        {
            options with { TlsMode = TlsMode.Preferred }, options with { TlsMode = TlsMode.Required }, options with { TlsMode = TlsMode.VerifyCa, TlsCaPath = ca },
            options with { TlsMode = TlsMode.VerifyFull, TlsCaPath = ca },
        })
        {
            await using var database = Create(kind, good);
            await database.StartAsync(default);
        }

        // Nobody whom this machine trusts has signed the certificate.
        foreach (var mode in new[] { TlsMode.VerifyCa, TlsMode.VerifyFull })
        {
            await using var database = Create(kind, options with { TlsMode = mode });
            var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
            Assert.True(exception.IsPermanent, exception.ToString());
        }

        var missing = Assert.Throws<BackendException>(() => Create(kind, options with { TlsCaPath = "/nowhere/ca.pem" }));
        Assert.Contains($"database.{kind}.tls_ca_path", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_small_pool_serves_many(string kind)
    {
        await using var database = Create(kind, await OptionsAsync(kind) with { TableName = "small_pool", ConnectionPoolSize = 1 });
        await database.StartAsync(default);
        await database.InsertAsync(App, default);
        var found = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => database.FindByIdAsync("a", default))));
        Assert.All(found, Assert.NotNull);
        await database.DeleteAsync("a", default);
    }

    private async Task<SqlOptions> OptionsAsync(string kind) => kind == "mysql"
        ? Databases.MySqlOptions(await mariaDb.GetAsync()) : Databases.PostgreSqlOptions(await postgres.GetAsync());

    private static IAppDatabase Create(string kind, SqlOptions options) => kind == "mysql" ? Databases.MySql(options) : Databases.PostgreSql(options);
}
