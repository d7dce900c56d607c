using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>The same with a database that can go away, because it is another server.</summary>
public abstract class RemoteStoredAppsSpec : StoredAppsSpec
{
    private TcpProxy _proxy = null!;

    /// <summary>The server's port.</summary>
    protected abstract Task<int> GetPortAsync();

    /// <summary>What names the database, with a table of the test's own, if this is its port.</summary>
    protected abstract string[] OptionsFor(int port);

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Storage_1_4_While_the_database_is_away_known_apps_work_and_unknown_ones_are_told_to_try_again()
    {
        await using var process = await StartAsync();
        var server = new ServerUnderTest(process.Address);
        var (known, unknown) = (new TestApp("known"), new TestApp("unknown"));
        await CallAsync("create", known.Id, "--key", known.Key, "--secret", known.Secret);
        await CallAsync("create", unknown.Id, "--key", unknown.Key, "--secret", unknown.Secret);
        await using var connection = await EventuallyConnectAsync(server, known);
        await connection.SubscribeAsync("news");
        Assert.Equal("OK", await HealthAsync(server));

        _proxy.Cut();
        // Its time is over long before the database is back.
        await UntilAsync(async () => await HealthAsync(server) == "DEGRADED");
        await Task.Delay(1500);
        await new PusherHttp(server, known).PublishAsync("news", "e", "x");
        await connection.ExpectAsync("""{"event":"e","data":"x","channel":"news"}""");
        await using (var another = await PusherConnection.ConnectAsync(server, known))
            await another.SubscribeAsync("news");
        await RefusedAsync(server, unknown, 4100);
        Assert.Equal(503, (await PublishAsync(server, unknown, "x")).Status);

        _proxy.Heal();
        await UntilAsync(async () => await HealthAsync(server) == "OK");
        await using var late = await EventuallyConnectAsync(server, unknown);
        Assert.Single(process.Output, static line => line.Contains("backend lost", StringComparison.Ordinal));
        Assert.Single(process.Output, static line => line.Contains("backend is back", StringComparison.Ordinal));
    }

    protected override async Task<string[]> GetOptionsAsync()
    {
        _proxy = TcpProxy.To(await GetPortAsync());
        return OptionsFor(_proxy.Port);
    }

    // Traffic is welcome all the same, so that the status is 200.
    private static async Task<string> HealthAsync(ServerUnderTest server) =>
        (await new PusherHttp(server, TestApp.Plain).SendRawAsync("GET", $"{server.Prefix}/up")).Expect(200).Headers["x-health-check"];
}
