using System.Collections.Concurrent;
using Sockudo.Configuration;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Stores.Tests.PostgreSql;

/// <summary>Tables that others have made, and what the server is told of changes (storage.md 1.2, 1.3).</summary>
public sealed class PostgreSqlTableTests(Postgres postgres)
{
    private readonly string _table = "seed_" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_seed_shaped_table_is_extended_and_its_apps_work()
    {
        var server = await postgres.GetAsync();
        await server.ExecuteAsync($$"""
            CREATE SCHEMA s_{{_table}};
            CREATE TABLE s_{{_table}}.{{_table}} (
              id VARCHAR(255) PRIMARY KEY, key VARCHAR(255) NOT NULL, secret TEXT NOT NULL, max_connections INTEGER NOT NULL, enabled SMALLINT NOT NULL DEFAULT 1,
              enable_client_messages BOOLEAN NOT NULL, max_event_name_length BIGINT NOT NULL, webhooks JSON, allowed_origins TEXT, note TEXT
            );
            INSERT INTO s_{{_table}}.{{_table}} VALUES ('app', 'Key', 's', -1, 1, true, 50, '[{"url":"http://x/y","event_types":["channel_occupied"]}]', '["example.com"]', 'n');
            """);
        await using var database = Databases.PostgreSql(server, $"s_{_table}.{_table}");
        await database.StartAsync(default);
        var problems = new ConfigurationProblems();
        var app = AppRecords.ReadUsable((await database.FindByKeyAsync("Key", default))!, problems)!;
        Assert.Empty(problems.Errors);
        Assert.Equal((0, true, true, 50, 1, 1), (app.MaxConnections, app.Enabled, app.EnableClientMessages, app.MaxEventNameLength, app.Webhooks.Count, app.AllowedOrigins.Count));

        var changes = new AppRecord { ["enabled"] = "0", ["max_event_name_length"] = null, ["webhooks"] = """[{"a":1}]""", ["allowed_origins"] = "[]", ["require_tls"] = "1" };
        Assert.True(await database.UpdateAsync("app", changes, default));
        Assert.Equal("0|200|[{\"a\":1}]|[]|t|n", (await server.ExecuteAsync(
            $"SELECT enabled, max_event_name_length, webhooks, allowed_origins, require_tls, note FROM s_{_table}.{_table}")).Trim());
        await database.StartAsync(default);
        Assert.Equal("1", (await server.ExecuteAsync($"SELECT COUNT(*) FROM pg_indexes WHERE tablename = '{_table}' AND indexdef LIKE 'CREATE UNIQUE%(key)'")).Trim());
    }

    [Fact]
    public async Task Several_apps_with_one_key_are_an_error_that_names_it()
    {
        var server = await postgres.GetAsync();
        await server.ExecuteAsync($"CREATE TABLE {_table} (id TEXT PRIMARY KEY, key TEXT, secret TEXT); INSERT INTO {_table} VALUES ('a', 'twice', 's'), ('b', 'twice', 's')");
        await using var database = Databases.PostgreSql(server, _table);
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.True(exception.IsPermanent);
        Assert.Contains("twice", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_change_no_table_uses_it_as_it_is()
    {
        var server = await postgres.GetAsync();
        await server.ExecuteAsync($"""
            CREATE TABLE {_table} (id TEXT PRIMARY KEY, key TEXT UNIQUE, secret TEXT); INSERT INTO {_table} VALUES ('a', 'k', 's');
            CREATE USER {_table} PASSWORD 'pw'; GRANT SELECT, INSERT, UPDATE, DELETE ON {_table} TO {_table}
            """);
        using var log = new RecordedLogs();
        await using var database = Databases.PostgreSql(Databases.PostgreSqlOptions(server) with { Username = _table, Password = "pw", TableName = _table }, logger: log);
        await database.StartAsync(default);
        Assert.Equal("k", (await database.FindByIdAsync("a", default))!["key"]);
        Assert.Contains(log.Lines, static line => line.StartsWith("Warning: the user may not make the table of the apps complete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changes_are_told_whoever_makes_them_and_again_after_an_outage()
    {
        var server = await postgres.GetAsync();
        await using var proxy = TcpProxy.To(server.Port);
        await using var database = Databases.PostgreSql(Databases.PostgreSqlOptions(server) with { Port = proxy.Port, TableName = _table, ConnectionPoolSize = 1 });
        await using var other = Databases.PostgreSql(server, _table);
        await database.StartAsync(default);
        await other.StartAsync(default);
        var told = new BlockingCollection<string?>();
        using var stop = new CancellationTokenSource();
        var watching = database.WatchAsync(told.Add, stop.Token);
        Assert.Null(Next());
        await other.InsertAsync(new AppRecord { ["id"] = "by-server", ["key"] = "k", ["secret"] = "s" }, default);
        Until("by-server");
        await server.ExecuteAsync($"INSERT INTO {_table} (id, key, secret) VALUES ('by-hand', 'h', 's')");
        Until("by-hand");
        await server.ExecuteAsync($"DELETE FROM {_table} WHERE id = 'by-hand'");
        Until("by-hand");

        proxy.Cut();
        await server.ExecuteAsync($"UPDATE {_table} SET enabled = false");
        proxy.Heal();
        Until(null);
        await stop.CancelAsync();
        await watching;

        string? Next() => told.TryTake(out var id, TimeSpan.FromSeconds(15)) ? id : throw new TimeoutException();

        void Until(string? id)
        {
            while (Next() != id)
            {
            }
        }
    }
}
