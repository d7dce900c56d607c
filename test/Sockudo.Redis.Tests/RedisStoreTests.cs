using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Backends;
using Xunit;

namespace Sockudo.Redis.Tests;

/// <summary>What everybody who keeps something in Redis depends on.</summary>
public sealed class RedisStoreTests(SingleRedis single)
{
    [Fact]
    public async Task An_answer_that_is_not_what_was_asked_for_is_none()
    {
        var server = await single.GetAsync();
        var state = new BackendState("cache", "redis", NullLogger.Instance);
        await using var store = new RedisStore(new RedisConnector(Buses.To(server.Port), "a", TimeProvider.System), "odd", state);
        await store.StartAsync(CancellationToken.None);
        await server.CallAsync("SET", "odd:n", "abc");
        var exception = await Assert.ThrowsAsync<BackendException>(() => store.AskAsync(async database => (int)await database.StringGetAsync(store.Key("n"))));
        Assert.False(exception.IsPermanent);
        Assert.Contains($"127.0.0.1:{server.Port}", exception.Message, StringComparison.Ordinal);
        Assert.False(state.IsUp);
        await server.CallAsync("SET", "odd:n", "1");
        Assert.Equal(1, await store.AskAsync(async database => (int)await database.StringGetAsync(store.Key("n"))));
        Assert.True(state.IsUp);
    }
}
