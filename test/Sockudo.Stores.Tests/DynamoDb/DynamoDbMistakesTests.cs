using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Aws;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Xunit;

namespace Sockudo.Stores.Tests.DynamoDb;

/// <summary>Services that are silent or talk nonsense.</summary>
public sealed class DynamoDbMistakesTests
{
    [Fact]
    public async Task A_service_that_is_silent_at_the_start_is_waited_for_ten_seconds()
    {
        using var server = new OddServer(OddServer.Silence);
        await using var database = Create(server);
        var began = TimeProvider.System.GetTimestamp();
        var exception = await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 5, 15);
        Assert.False(exception.IsPermanent);
        Assert.Contains("no answer in time", exception.Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.FindByIdAsync("a", cancelled.Token));
    }

    [Fact]
    public async Task A_service_that_talks_nonsense_is_one_that_cannot_be_used()
    {
        foreach (var words in new[] { OddServer.Zeros, OddServer.Http, OddServer.Noise })
        {
            using var server = new OddServer(words);
            await using var database = Create(server);
            await Assert.ThrowsAsync<BackendException>(() => database.StartAsync(default));
        }
    }

    private static DynamoAppDatabase Create(OddServer server) =>
        new(new DatabaseDynamodbOptions { EndpointUrl = server.Url, AwsAccessKeyId = "id", AwsSecretAccessKey = "secret" }, autoMigrate: true, TimeProvider.System, NullLogger.Instance);
}
