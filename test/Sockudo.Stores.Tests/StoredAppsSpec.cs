using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sockudo.Administration;
using Sockudo.CommandLine;
using Sockudo.Configuration;
using Sockudo.Specification;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests;

/// <summary>A whole server whose apps are in a database, and people who change them.</summary>
public abstract class StoredAppsSpec : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What names the database, as values of <c>--set</c>; a table of the test's own.</summary>
    protected abstract Task<string[]> GetOptionsAsync();

    /// <summary>Changes are seen at once; else after the time to live, which is a second here.</summary>
    protected virtual bool IsTold => false;

    private string[] _options = [];

    public async ValueTask InitializeAsync() => _options = await GetOptionsAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    [Fact]
    public async Task Apps_are_made_changed_and_removed_while_the_server_runs()
    {
        await using var process = await StartAsync();
        var server = new ServerUnderTest(process.Address);
        var app = new TestApp("made");
        await RefusedAsync(server, app, 4001);
        await CallAsync("create", app.Id, "--key", app.Key, "--secret", app.Secret, "--enable-client-messages", "true");

        await using var connection = await EventuallyConnectAsync(server, app);
        await connection.SubscribeAsync("news");
        await new PusherHttp(server, app).PublishAsync("news", "e", "x");
        await connection.ExpectAsync("""{"event":"e","data":"x","channel":"news"}""");

        // Limits and flags apply to connections that are open.
        await CallAsync("update", app.Id, "--max-event-name-length", "3");
        await UntilAsync(async () => (await PublishAsync(server, app, "too-long")).Status == 400);
        Assert.Equal(200, (await PublishAsync(server, app, "ok")).Status);

        await CallAsync("disable", app.Id);
        await connection.ExpectErrorAndCloseAsync(4003);
        await RefusedAsync(server, app, 4003);
        Assert.Equal(403, (await PublishAsync(server, app, "x")).Status);

        await CallAsync("enable", app.Id);
        await using var again = await EventuallyConnectAsync(server, app);
        await CallAsync("update", app.Id, "--key", "another-key");
        await again.ExpectErrorAndCloseAsync(4001);
        await RefusedAsync(server, app, 4001);

        await CallAsync("update", app.Id, "--key", app.Key);
        await using var last = await EventuallyConnectAsync(server, app);
        await CallAsync("delete", app.Id);
        await last.ExpectErrorAndCloseAsync(4001);
        Assert.Equal(404, (await PublishAsync(server, app, "x")).Status);
    }

    [Fact]
    public async Task A_secret_is_changed_without_a_moment_in_which_nobody_can_sign()
    {
        await using var process = await StartAsync();
        var server = new ServerUnderTest(process.Address);
        var app = new TestApp("rotated");
        await CallAsync("create", app.Id, "--key", app.Key, "--secret", "the old one");
        await CallAsync("rotate-secret", app.Id, "--secret", app.Secret);
        await using var connection = await EventuallyConnectAsync(server, app);
        await connection.SubscribeAsync("private-a");
        await UntilAsync(async () => (await PublishAsync(server, app, "new")).Status == 200);
        var before = await CallAsync("show", app.Id, "--json", "--secrets");
        Assert.Equal("the old one", (string?)JsonNode.Parse(before)!["previous_secret"]);
        Assert.Contains("--finish", await FailAsync("rotate-secret", app.Id), StringComparison.Ordinal);
        await CallAsync("rotate-secret", app.Id, "--finish");
        var after = JsonNode.Parse(await CallAsync("show", app.Id, "--json", "--secrets"))!;
        Assert.Equal((app.Secret, null), ((string?)after["secret"], after["previous_secret"]));
        Assert.DoesNotContain(app.Secret, await CallAsync("show", app.Id), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Secret, await CallAsync("list", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_1_5_Configured_apps_are_stored_once_and_never_changed()
    {
        string[] apps = ["app_manager.array.apps=[{\"id\":\"seed\",\"key\":\"seed-Key\",\"secret\":\"seed-secret\",\"max_connections\":7},{\"id\":\"other\",\"key\":\"other-Key\",\"secret\":\"o\"}]"];
        var seed = new TestApp("seed");
        await using (var process = await StartAsync(apps))
        {
            await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), seed);
            Assert.Contains(process.Output, static line => line.Contains("configured apps were stored in the database  apps=2", StringComparison.Ordinal));
        }

        await CallAsync("update", "seed", "--max-connections", "9");
        await CallAsync("delete", "other");
        await using (var process = await StartAsync(apps))
        {
            Assert.Equal(9, (int?)JsonNode.Parse(await CallAsync("show", "seed", "--json"))!["max_connections"]);
            Assert.Contains(process.Output, static line => line.Contains("configured apps were stored in the database  apps=1", StringComparison.Ordinal));
        }

        await using var refused = Run(["--set", "app_manager.array.apps=[{\"id\":\"thief\",\"key\":\"seed-Key\",\"secret\":\"t\"}]"]);
        Assert.Equal(1, await refused.WaitForExitAsync());
        Assert.Contains(refused.Errors, static line => line.Contains("thief", StringComparison.Ordinal) && line.Contains("seed-Key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGHUP_makes_the_server_look_again_whatever_it_remembers()
    {
        await using var process = await StartAsync("app_manager.cache.ttl=3600", "app_manager.cache.negative_ttl=3600");
        var server = new ServerUnderTest(process.Address);
        var app = new TestApp("reloaded");
        await RefusedAsync(server, app, 4001);
        await CallAsync("create", app.Id, "--key", app.Key, "--secret", app.Secret);
        if (!IsTold)
            process.Signal(PosixSignal.SIGHUP);
        await using var connection = await EventuallyConnectAsync(server, app);
        await CallAsync("disable", app.Id);
        if (!IsTold)
            process.Signal(PosixSignal.SIGHUP);
        await connection.ExpectErrorAndCloseAsync(4003);
    }

    [Fact]
    public async Task Mistakes_of_people_are_told_in_one_line_each_and_change_nothing()
    {
        await CallAsync("create", "app", "--key", "app-Key");
        Assert.Equal("error: there is another app with the id \"app\"", await FailAsync("create", "app"));
        Assert.Equal("error: there is another app with the key \"app-Key\"", await FailAsync("create", "app2", "--key", "app-Key"));
        Assert.Contains("max_connections", await FailAsync("update", "app", "--max-connections", "many"), StringComparison.Ordinal);
        Assert.Contains("must be 1 to 255 characters", await FailAsync("create", "a b"), StringComparison.Ordinal);
        Assert.Contains("\"nobody\"", await FailAsync("show", "nobody"), StringComparison.Ordinal);
        Assert.Contains("\"nobody\"", await FailAsync("delete", "nobody"), StringComparison.Ordinal);
        Assert.Contains("\"nobody\"", await FailAsync("enable", "nobody"), StringComparison.Ordinal);
        Assert.Contains("event_types", await FailAsync("update", "app", "--webhooks", """[{"url":"http://x"}]"""), StringComparison.Ordinal);
        // Without its filter a webhook reports everything, so an unknown key is said.
        var (_, _, warning) = await ProgramAsync(["create", "hooked", "--webhooks", """[{"url":"http://x","event_types":["channel_occupied"],"filters":{}}]"""]);
        Assert.Equal("warning: ", warning[.."warning: ".Length]);
        Assert.Contains("did you mean \"filter\"?", Assert.Single(warning.TrimEnd().Split('\n')), StringComparison.Ordinal);
        await CallAsync("delete", "hooked");
        var apps = JsonNode.Parse(await CallAsync("list", "--json"))!.AsArray();
        Assert.Equal("app", (string?)Assert.Single(apps)!["id"]);
        Assert.Contains("app-Key", await CallAsync("list"), StringComparison.Ordinal);
    }

    protected async Task<SockudoProcess> StartAsync(params string[] options) => await SockudoProcess.StartAsync(
        ["app_manager.array.apps=[]", "app_manager.cache.ttl=1", "app_manager.cache.negative_ttl=1", .. _options, .. options]);

    private SockudoProcess Run(string[] arguments) => SockudoProcess.Run([.. arguments, "--set", "port=0", "--set", "metrics.enabled=false", .. Settings()]);

    private IEnumerable<string> Settings() => _options.SelectMany(static option => new[] { "--set", option });

    /// <summary>Calls <c>sockudo apps</c>; what it prints. It must succeed.</summary>
    protected async Task<string> CallAsync(params string[] arguments)
    {
        var (code, output, errors) = await ProgramAsync(arguments);
        Assert.True(code == 0, errors);
        return output;
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, errors) = await ProgramAsync(arguments);
        Assert.Equal((1, ""), (code, output));
        return Assert.Single(errors.TrimEnd().Split('\n'));
    }

    // As the program does it, without the time that a process takes to start.
    private async Task<(int Code, string Output, string Errors)> ProgramAsync(string[] arguments)
    {
        var line = CommandLineParser.Parse(["apps", .. arguments, .. Settings()], "test");
        var sources = new ConfigurationSources { WorkingDirectory = Path.GetTempPath(), Environment = new Dictionary<string, string>(), Overrides = line.Overrides };
        var configuration = ConfigurationLoader.Load(sources);
        Assert.Empty(configuration.Errors);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await AppsProgram.RunAsync(line.Apps!, configuration.Options, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    protected static Task<HttpAnswer> PublishAsync(ServerUnderTest server, TestApp app, string name) =>
        new PusherHttp(server, app).PostAsync("/events", $$"""{"name":"{{name}}","channel":"nobody-listens","data":"x"}""");

    protected static async Task RefusedAsync(ServerUnderTest server, TestApp app, int code)
    {
        await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(app));
        var message = JsonNode.Parse((await socket.NextFrameAsync()).Text)!;
        Assert.Equal(code, (int?)message["data"]!["code"]);
    }

    // A change is seen after a second at the latest.
    protected static async Task<PusherConnection> EventuallyConnectAsync(ServerUnderTest server, TestApp app)
    {
        await UntilAsync(async () =>
        {
            await using var socket = await RawWebSocket.OpenAsync(server, server.WebSocketPath(app));
            return (await socket.NextFrameAsync()).Text.Contains("connection_established", StringComparison.Ordinal);
        });
        return await PusherConnection.ConnectAsync(server, app);
    }

    protected static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isTrue())
            await Task.Delay(50, patience.Token);
    }
}
