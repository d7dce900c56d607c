using Sockudo.Configuration;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Sockudo.Specification;
using Xunit;

namespace Sockudo.Stores.Tests.MySql;

/// <summary>Tables that others have made, with what others have put in (storage.md 1.2, 1.3).</summary>
public sealed class MySqlTableTests(MariaDb mariaDb)
{
    private readonly string _table = "seed_" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_seed_shaped_table_is_extended_and_its_apps_work()
    {
        var server = await mariaDb.GetAsync();
        await server.ExecuteAsync($"""
            CREATE TABLE {_table} (
              id VARCHAR(255) NOT NULL PRIMARY KEY, `key` VARCHAR(255) NOT NULL, secret VARCHAR(255) NOT NULL,
              max_connections INT UNSIGNED NOT NULL, enable_client_messages TINYINT(1) NOT NULL DEFAULT 0, enabled TINYINT NOT NULL DEFAULT 1,
              max_backend_events_per_second INT UNSIGNED NULL, max_client_events_per_second INT UNSIGNED NOT NULL, max_read_requests_per_second INT NULL,
              max_presence_members_per_channel INT UNSIGNED NULL, max_channel_name_length INT UNSIGNED NOT NULL, enable_user_authentication BOOLEAN NULL,
              webhooks LONGTEXT NULL, allowed_origins TEXT NOT NULL, owner_id BIGINT NULL, note VARCHAR(20) NOT NULL DEFAULT 'x'
            ) DEFAULT CHARSET latin1 COLLATE latin1_swedish_ci;
            INSERT INTO {_table} (id, `key`, secret, max_connections, enable_client_messages, max_client_events_per_second, max_read_requests_per_second, max_channel_name_length, webhooks, allowed_origins)
            VALUES ('App-1', 'Key-1', 's-é', 0, 1, 5, -1, 100, '[]', ''),
              ('app-2', 'key-2', 's', 4294967295, 0, 5, NULL, 100, '[]', 'null'),
              ('app-3', 'key-3', 's', 10, 0, 5, NULL, 100, 'not JSON', '["good.example", "bad/example"]');
            """);
        await using var database = Databases.MySql(server, _table);
        await database.StartAsync(default);
        var app = Read(await database.FindByKeyAsync("Key-1", default), out _);
        Assert.Equal(("App-1", "s-é", true, true, 0, 5, 0, 100), (app.Id, app.Secret, app.Enabled, app.EnableClientMessages, app.MaxConnections, app.MaxClientEventsPerSecond, app.MaxReadRequestsPerSecond, app.MaxChannelNameLength));
        Assert.True(app.EnableUserAuthentication);
        Assert.Null(app.MaxEventPayloadInKb);
        Assert.Empty(app.AllowedOrigins);
        Assert.Null(await database.FindByKeyAsync("KEY-1", default));
        Assert.Null(await database.FindByIdAsync("APP-1", default));

        // What is no number of 32 bits, no JSON and no origin is left out.
        Read(await database.FindByIdAsync("app-2", default), out var problems);
        Assert.Contains("max_connections", Assert.Single(problems), StringComparison.Ordinal);
        var third = Read(await database.FindByIdAsync("app-3", default), out problems);
        Assert.Equal(2, problems.Count);
        Assert.Equal("good.example", Assert.Single(third.AllowedOrigins).Text);
        Assert.Empty(third.Webhooks);

        // Nothing can be null there that must have a value: the value in force is written.
        await database.InsertAsync(new AppRecord { ["id"] = "new", ["key"] = "new-key", ["secret"] = "s", ["require_tls"] = "1" }, default);
        Assert.Equal("0\t0\t1\t10\t200\t[]\tNULL\t1\tx", (await server.ExecuteAsync(
            $"SELECT max_connections, enable_client_messages, enabled, max_client_events_per_second, max_channel_name_length, allowed_origins, max_event_batch_size, require_tls, note FROM {_table} WHERE id = 'new'")).Trim());
        // And keys are unique from now on.
        Assert.Equal("1", (await server.ExecuteAsync($"SELECT COUNT(*) FROM information_schema.statistics WHERE table_name = '{_table}' AND column_name = 'key' AND non_unique = 0")).Trim());
        await database.StartAsync(default);
    }

    [Fact]
    public async Task Several_apps_with_one_key_are_an_error_that_names_it()
    {
        var server = await mariaDb.GetAsync();
        await server.ExecuteAsync($"CREATE TABLE {_table} (id VARCHAR(50) PRIMARY KEY, `key` VARCHAR(50), secret VARCHAR(50)); INSERT INTO {_table} VALUES ('a', 'twice', 's'), ('b', 'twice', 's'), ('c', 'once', 's')");
        await using var database = Databases.MySql(server, _table);
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.True(exception.IsPermanent);
        Assert.Contains("twice", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("once", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_a_required_column_is_none()
    {
        var server = await mariaDb.GetAsync();
        await server.ExecuteAsync($"CREATE TABLE {_table} (id INT PRIMARY KEY, name TEXT)");
        await using var database = Databases.MySql(server, _table);
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.True(exception.IsPermanent);
        Assert.Contains("key, secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_change_no_table_uses_it_as_it_is()
    {
        var server = await mariaDb.GetAsync();
        await server.ExecuteAsync($"""
            CREATE TABLE {_table} (id VARCHAR(50) PRIMARY KEY, `key` VARCHAR(50) UNIQUE, secret VARCHAR(50)); INSERT INTO {_table} VALUES ('a', 'k', 's');
            CREATE USER '{_table}'@'127.0.0.1' IDENTIFIED BY 'pw'; GRANT SELECT, INSERT, UPDATE, DELETE ON app.{_table} TO '{_table}'@'127.0.0.1'
            """);
        using var log = new RecordedLogs();
        await using var database = Databases.MySql(Databases.MySqlOptions(server) with { Username = _table, Password = "pw", TableName = _table }, logger: log);
        await database.StartAsync(default);
        Assert.Equal("k", (await database.FindByIdAsync("a", default))!["key"]);
        Assert.Contains(log.Lines, static line => line.StartsWith("Warning: the user may not make the table of the apps complete", StringComparison.Ordinal));
        Assert.Contains(log.Lines, static line => line.Contains("no columns for some fields", StringComparison.Ordinal) && line.Contains("webhooks", StringComparison.Ordinal));
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.UpdateAsync("a", new AppRecord { ["require_tls"] = "1" }, default));
        Assert.Contains("ALTER TABLE", exception.Message, StringComparison.Ordinal);
        Assert.True(await database.UpdateAsync("a", new AppRecord { ["secret"] = "new", ["require_tls"] = null }, default));
    }

    private static App Read(AppRecord? record, out IReadOnlyList<string> errors)
    {
        var problems = new ConfigurationProblems();
        var app = AppRecords.ReadUsable(record!, problems);
        errors = problems.Errors;
        return app!;
    }
}
