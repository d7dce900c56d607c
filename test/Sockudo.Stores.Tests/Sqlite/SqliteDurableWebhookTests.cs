using Sockudo.Specification.Backends;

namespace Sockudo.Stores.Tests.Sqlite;

/// <inheritdoc/>
public sealed class SqliteDurableWebhookTests : KeptDeadLettersSpec
{
    private readonly string _directory = FastDirectory.Create("sockudo-sqlite-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override Task<string[]> GetOptionsAsync() =>
        Task.FromResult<string[]>(["queue.driver=sqlite", $"database.sqlite.path={Path.Combine(_directory, "sockudo.db")}"]);
}
