using System.Collections.Concurrent;
using Sockudo.Server.Apps;
using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Stores.Tests.Sqlite;

/// <summary>The file itself.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sockudo-sqlite-").FullName;

    private string FileName => Path.Combine(_directory, "new", "apps.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task It_is_made_with_its_directory_and_nobody_else_may_read_it()
    {
        await using var database = Databases.Sqlite(FileName);
        await database.StartAsync(default);
        await database.InsertAsync(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s" }, default);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(FileName)!))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("this is no database, and long enough to be seen as none by whoever reads the first hundred bytes of it......")]
    [InlineData(null)]
    public async Task What_is_no_database_is_an_error_that_names_the_key(string? content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FileName)!);
        if (content is null)
            Directory.CreateDirectory(FileName);
        else
            await File.WriteAllTextAsync(FileName, content);
        await using var database = Databases.Sqlite(FileName);
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.True(exception.IsPermanent, exception.Message);
        Assert.Contains("database.sqlite.path", exception.Message, StringComparison.Ordinal);
        Assert.Contains(FileName, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_told_but_not_those_of_other_tables()
    {
        await using var database = Databases.Sqlite(FileName);
        await using var other = Databases.Sqlite(FileName);
        await database.StartAsync(default);
        await other.StartAsync(default);
        var told = new BlockingCollection<string?>();
        using var stop = new CancellationTokenSource();
        var watching = database.WatchAsync(told.Add, stop.Token);
        // Until somebody watches, nobody is told.
        await Task.Delay(200);
        await ExecuteAsync("CREATE TABLE jobs (x); INSERT INTO jobs VALUES (1)");
        Assert.False(told.TryTake(out _, TimeSpan.FromSeconds(2.5)));
        await other.InsertAsync(new AppRecord { ["id"] = "a", ["key"] = "k", ["secret"] = "s" }, default);
        Assert.True(told.TryTake(out _, TimeSpan.FromSeconds(10)));
        await ExecuteAsync("UPDATE applications SET enabled = 0");
        Assert.True(told.TryTake(out _, TimeSpan.FromSeconds(10)));
        await stop.CancelAsync();
        await watching;
    }

    private async Task ExecuteAsync(string statements)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={FileName}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = statements;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
