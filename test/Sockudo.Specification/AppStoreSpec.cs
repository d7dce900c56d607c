using System.Globalization;
using System.Text.Json.Nodes;
using Sockudo.Server.Apps;
using Xunit;

namespace Sockudo.Specification;

/// <summary>What every <see cref="IAppDatabase"/> does (storage.md 1).</summary>
public abstract class AppStoreSpec
{
    /// <summary>What people, databases and attackers write.</summary>
    private const string Odd = "ä ß 日本 😀 ' \" \\ ` ; -- /* */ % _ ${x} {0} @id $1";

    private readonly string _unique = Guid.NewGuid().ToString("N")[..12];

    /// <summary>A database that is not started. All of one table see the same apps.</summary>
    protected abstract Task<IAppDatabase> CreateAsync(string table, bool autoMigrate = true);

    /// <summary>How many apps the test of many apps makes.</summary>
    protected virtual int Many => 10_000;

    [Fact]
    public async Task Storage_1_1_All_fields_are_stored_and_read_by_key_and_by_id()
    {
        await using var database = await StartAsync();
        var app = Full(Id("full"));
        await database.InsertAsync(app, default);
        AssertSame(app, await database.FindByIdAsync(Id("full"), default));
        AssertSame(app, await database.FindByKeyAsync(Id("full") + "-key", default));
        Assert.Null(await database.FindByIdAsync(Id("full") + "-key", default));
        Assert.Null(await database.FindByKeyAsync(Id("full"), default));

        var bare = Bare(Id("bare"));
        await database.InsertAsync(bare, default);
        var stored = await database.FindByIdAsync(Id("bare"), default);
        Assert.Equal((Id("bare"), Id("bare") + "-key", "s"), (stored!["id"], stored["key"], stored["secret"]));
        Assert.Null(stored.Find("max_connections"));
        Assert.Null(stored.Find("webhooks"));
        Assert.Null(stored.Find("previous_secret"));
    }

    [Fact]
    public async Task Storage_1_1_Names_are_exact()
    {
        await using var database = await StartAsync();
        await database.InsertAsync(Bare(Id("Case")), default);
        foreach (var other in new[] { Id("case"), Id("CASE"), Id("Case") + " ", " " + Id("Case"), Id("Cas"), Id("Cas%"), Id("Cas_") })
        {
            Assert.Null(await database.FindByIdAsync(other, default));
            Assert.Null(await database.FindByKeyAsync(other + "-key", default));
            Assert.False(await database.UpdateAsync(other, new AppRecord { ["enabled"] = "0" }, default));
            Assert.False(await database.DeleteAsync(other, default));
        }

        // And so two apps may differ in nothing else.
        await database.InsertAsync(Bare(Id("case")), default);
        Assert.Equal(Id("Case"), (await database.FindByKeyAsync(Id("Case") + "-key", default))!["id"]);
        Assert.Equal(Id("case"), (await database.FindByKeyAsync(Id("case") + "-key", default))!["id"]);
    }

    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("x'; DROP TABLE applications; --")]
    [InlineData("\" OR \"\"=\"")]
    [InlineData("`; DELETE FROM applications; #")]
    [InlineData("\\' OR 1=1 -- ")]
    [InlineData("x' UNION SELECT * FROM applications --")]
    [InlineData("%")]
    [InlineData("*")]
    [InlineData("日本 😀")]
    public async Task What_is_asked_for_is_never_part_of_the_question(string name)
    {
        await using var database = await StartAsync();
        await database.InsertAsync(Bare(Id("there")), default);
        Assert.Null(await database.FindByIdAsync(name, default));
        Assert.Null(await database.FindByKeyAsync(name, default));
        Assert.False(await database.UpdateAsync(name, new AppRecord { ["secret"] = name }, default));
        Assert.False(await database.DeleteAsync(name, default));
        Assert.True(await database.UpdateAsync(Id("there"), new AppRecord { ["secret"] = name }, default));
        Assert.Equal(name, (await database.FindByIdAsync(Id("there"), default))!["secret"]);
    }

    [Fact]
    public async Task Ids_and_keys_are_unique()
    {
        await using var database = await StartAsync();
        await database.InsertAsync(Bare(Id("first")), default);
        await database.InsertAsync(Bare(Id("second")), default);
        var sameId = Bare(Id("first"));
        sameId["key"] = Id("other-key");
        Assert.Equal("id", (await Assert.ThrowsAsync<AppConflictException>(() => database.InsertAsync(sameId, default))).Name);
        var sameKey = Bare(Id("third"));
        sameKey["key"] = Id("first") + "-key";
        Assert.Equal("key", (await Assert.ThrowsAsync<AppConflictException>(() => database.InsertAsync(sameKey, default))).Name);
        var change = new AppRecord { ["key"] = Id("first") + "-key" };
        Assert.Equal("key", (await Assert.ThrowsAsync<AppConflictException>(() => database.UpdateAsync(Id("second"), change, default))).Name);
        // Its own it may keep.
        Assert.True(await database.UpdateAsync(Id("first"), change, default));
        Assert.Null(await database.FindByIdAsync(Id("third"), default));
        Assert.True(database.State.IsUp);
    }

    [Fact]
    public async Task A_change_touches_only_what_it_names()
    {
        await using var database = await StartAsync();
        var app = Full(Id("app"));
        await database.InsertAsync(app, default);
        var changes = new AppRecord
        {
            ["key"] = Id("new-key"),
            ["max_connections"] = "17",
            ["max_event_batch_size"] = null,
            ["enabled"] = "0",
            ["webhooks"] = null,
            ["previous_secret"] = Odd,
        };
        Assert.True(await database.UpdateAsync(Id("app"), changes, default));
        foreach (var (field, value) in changes)
            app[field] = value;
        AssertSame(app, await database.FindByIdAsync(Id("app"), default));
        AssertSame(app, await database.FindByKeyAsync(Id("new-key"), default));
        Assert.Null(await database.FindByKeyAsync(Id("app") + "-key", default));
        Assert.True(await database.UpdateAsync(Id("app"), [], default));
        Assert.False(await database.UpdateAsync(Id("nobody"), new AppRecord { ["enabled"] = "0" }, default));
    }

    [Fact]
    public async Task A_deleted_app_is_gone()
    {
        await using var database = await StartAsync();
        await database.InsertAsync(Bare(Id("gone")), default);
        Assert.True(await database.DeleteAsync(Id("gone"), default));
        Assert.False(await database.DeleteAsync(Id("gone"), default));
        Assert.Null(await database.FindByIdAsync(Id("gone"), default));
        Assert.Null(await database.FindByKeyAsync(Id("gone") + "-key", default));
        await database.InsertAsync(Bare(Id("gone")), default);
        Assert.NotNull(await database.FindByIdAsync(Id("gone"), default));
    }

    [Fact]
    public async Task Many_apps_are_listed_in_order_and_found()
    {
        await using var database = await StartAsync("many_" + _unique);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Many), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, cancellation) => await database.InsertAsync(Bare(string.Create(CultureInfo.InvariantCulture, $"app-{number:D5}")), cancellation));
        var all = await database.ListAsync(default);
        Assert.Equal(Enumerable.Range(0, Many).Select(static number => string.Create(CultureInfo.InvariantCulture, $"app-{number:D5}")), all.Select(static app => app["id"]));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 50 },
            async (number, cancellation) =>
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"app-{number * Many / 200:D5}");
                Assert.Equal(id, (await database.FindByKeyAsync(id + "-key", cancellation))!["id"]);
            });
    }

    [Fact]
    public async Task Nodes_that_start_together_make_one_table()
    {
        var table = "together_" + _unique;
        var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreateAsync(table)));
        try
        {
            await Task.WhenAll(nodes.Select(static node => Task.Run(() => node.StartAsync(default))));
            await nodes[0].InsertAsync(Bare("app"), default);
            foreach (var node in nodes)
                Assert.NotNull(await node.FindByIdAsync("app", default));
            // What is there stays there.
            await nodes[1].StartAsync(default);
            Assert.Single(await nodes[1].ListAsync(default));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_leave_to_make_the_table_the_start_says_what_to_do()
    {
        await using var database = await CreateAsync("missing_" + _unique, autoMigrate: false);
        var exception = await Assert.ThrowsAsync<Server.Backends.BackendException>(() => database.StartAsync(default));
        Assert.True(exception.IsPermanent);
        Assert.Contains("create it with", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A started database whose table other tests use as well.</summary>
    protected async Task<IAppDatabase> StartAsync(string table = "applications")
    {
        var database = await CreateAsync(table);
        await database.StartAsync(default);
        return database;
    }

    /// <summary>An id that no other test has.</summary>
    protected string Id(string name) => $"{name}.{_unique}";

    /// <summary>An app with nothing but what it needs.</summary>
    protected static AppRecord Bare(string id) => new() { ["id"] = id, ["key"] = id + "-key", ["secret"] = "s" };

    /// <summary>An app with a value in every field.</summary>
    protected static AppRecord Full(string id)
    {
        var app = new AppRecord();
        foreach (var ((field, kind), index) in AppSchema.Fields.Select(static (field, index) => (field, index)))
        {
            app[field] = kind switch
            {
                AppFieldKind.Flag => index % 2 == 0 ? "1" : "0",
                AppFieldKind.Number => (1000 + index).ToString(CultureInfo.InvariantCulture),
                AppFieldKind.Json => new JsonArray(Odd, new JsonObject { ["ü"] = Odd, ["n"] = 1.5, ["t"] = true }).ToJsonString(),
                _ => Odd,
            };
        }

        app["id"] = id;
        app["key"] = id + "-key";
        return app;
    }

    private static void AssertSame(AppRecord expected, AppRecord? actual)
    {
        Assert.NotNull(actual);
        foreach (var (field, kind) in AppSchema.Fields)
        {
            if (kind == AppFieldKind.Json && expected.Find(field) is { } json)
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(actual.Find(field) ?? "null")), $"{field}: {actual.Find(field)}");
            else
                Assert.Equal((field, expected.Find(field)), (field, actual.Find(field)));
        }
    }
}
