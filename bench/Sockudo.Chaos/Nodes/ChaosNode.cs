using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Listeners;
using Sockudo.Tests.Processes;

namespace Sockudo.Chaos.Nodes;

/// <summary>One node: a real process at a place that stays the same, with files, a way to the broker and perhaps a disk, a clock and a certificate of its own.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    /// <summary>The app of all clients.</summary>
    public static readonly TestApp App = new("chaos");

    private readonly string _directory;
    private readonly IBroker _broker;
    private readonly string _webhookUrl;
    private readonly int _metricsPort = FreePort.Next();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly List<string> _extraApps = [];
    private SockudoProcess? _process;
    private long _gapsOfFormerProcesses;

    private ChaosNode(string name, string directory, IBroker broker, string webhookUrl, bool hasTls, bool hasClock)
    {
        Name = name;
        _directory = directory;
        _broker = broker;
        _webhookUrl = webhookUrl;
        Proxy = TcpProxy.To(broker.Port);
        Certificate = hasTls ? new PemPair(directory) : null;
        Certificate?.Write();
        Clock = hasClock && FakeClock.Library is not null ? new FakeClock(directory) : null;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"{(hasTls ? "https" : "http")}://127.0.0.1:{FreePort.Next()}"));
        Api = new NodeApi(Address, App);
    }

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>The HTTP API of the app.</summary>
    public NodeApi Api { get; }

    /// <summary>Its way to the broker.</summary>
    public TcpProxy Proxy { get; }

    /// <summary>Where its queue of webhooks lies; null = the machine's disk, which nobody fills.</summary>
    public SmallDisk? Disk { get; private set; }

    /// <summary>Its time of day; null if it cannot be moved.</summary>
    public FakeClock? Clock { get; }

    /// <summary>Its certificate; null = no TLS.</summary>
    public PemPair? Certificate { get; }

    /// <summary>It is being killed: connections may end without a word.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>When it was killed last; 0 = never.</summary>
    public long KilledAt { get; private set; }

    /// <summary>When it was told to stop last: connections end with 4200; 0 = never.</summary>
    public long StoppedAt { get; private set; }

    /// <summary>Everything it has written since it was started last.</summary>
    public IReadOnlyList<string> Output => _process?.Output ?? [];

    /// <summary>Makes a node and starts it.</summary>
    public static async Task<ChaosNode> StartAsync(string name, string directory, IBroker broker, string webhookUrl, bool hasTls, bool hasClock)
    {
        var node = new ChaosNode(name, directory, broker, webhookUrl, hasTls, hasClock);
        Directory.CreateDirectory(node.Data);
        node.Disk = await SmallDisk.TryMountAsync(node.Data);
        await node.WriteAppsAsync();
        await node.StartAsync();
        return node;
    }

    /// <summary>Starts the process; returns when it listens.</summary>
    public async Task StartAsync()
    {
        string[] options =
        [
            "host=127.0.0.1", $"port={Address.Port}", $"metrics.port={_metricsPort}", "metrics.host=127.0.0.1", $"instance.process_id={Name}", "rate_limiter.enabled=false",
            "queue.driver=sqlite", $"database.sqlite.path={Path.Combine(Data, "queue.db")}", "webhooks.retry.max_delay_ms=2000", "webhooks.request_timeout_ms=3000",
            .. _broker.OptionsFor(Proxy.Port),
            .. Certificate is { } pair ? [$"ssl.enabled=true", $"ssl.cert_path={pair.CertificatePath}", $"ssl.key_path={pair.KeyPath}"] : Array.Empty<string>(),
        ];
        _process = SockudoProcess.Run(["--config", AppsFile, .. options.SelectMany(static option => new[] { "--set", option })], Clock?.Environment);
        try
        {
            await _process.ExpectOutputAsync("addresses=");
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} does not start:\n{string.Join('\n', _process.Output)}");
        }

        IsKilled = false;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await RememberGapsAsync();
        IsKilled = true;
        await _process!.DisposeAsync();
        KilledAt = TimeProvider.System.GetTimestamp();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await RememberGapsAsync();
        StoppedAt = TimeProvider.System.GetTimestamp();
        _process!.Signal(PosixSignal.SIGTERM);
        var code = await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        return code;
    }

    /// <summary>SIGHUP.</summary>
    public void Reload() => _process!.Signal(PosixSignal.SIGHUP);

    public void Suspend() => _process!.Suspend();

    public void Resume() => _process!.Resume();

    /// <summary>Writes something that no server can read where its apps stand.</summary>
    public Task BreakAppsAsync() => File.WriteAllTextAsync(AppsFile, "{ \"app_manager\": ");

    /// <summary>Writes the file of its apps, with one more.</summary>
    public Task AddAppAsync(string id)
    {
        _extraApps.Add(id);
        return WriteAppsAsync();
    }

    /// <summary>Writes the file of its apps, without one that was added.</summary>
    public Task RemoveAppAsync(string id)
    {
        _extraApps.Remove(id);
        return WriteAppsAsync();
    }

    /// <summary>What it says of itself; null if it does not answer.</summary>
    public async Task<NodeFigures?> MeasureAsync()
    {
        try
        {
            var text = await _http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_metricsPort}/metrics")));
            var figures = NodeFigures.Parse(text);
            return figures with { Gaps = figures.Gaps + _gapsOfFormerProcesses };
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        IsKilled = true;
        if (_process is not null)
            await _process.DisposeAsync();
        await Proxy.DisposeAsync();
        if (Disk is not null)
            await Disk.UnmountAsync();
        Api.Dispose();
        _http.Dispose();
    }

    private string AppsFile => Path.Combine(_directory, "apps.json");

    private string Data => Path.Combine(_directory, "data");

    private async Task RememberGapsAsync() => _gapsOfFormerProcesses = (await MeasureAsync())?.Gaps ?? _gapsOfFormerProcesses;

    private Task WriteAppsAsync()
    {
        var webhook = new JsonObject
        {
            ["url"] = _webhookUrl,
            ["event_types"] = new JsonArray("channel_occupied", "channel_vacated", "member_added", "member_removed"),
        };
        var apps = new JsonArray(
            new JsonObject
            {
                ["id"] = App.Id,
                ["key"] = App.Key,
                ["secret"] = App.Secret,
                ["enable_client_messages"] = true,
                ["max_client_events_per_second"] = 0,
                ["max_presence_members_per_channel"] = 0,
                ["webhooks"] = new JsonArray(webhook),
            });
        foreach (var id in _extraApps)
            apps.Add(new JsonObject { ["id"] = id, ["key"] = new TestApp(id).Key, ["secret"] = new TestApp(id).Secret });
        return File.WriteAllTextAsync(AppsFile, new JsonObject { ["app_manager"] = new JsonObject { ["array"] = new JsonObject { ["apps"] = apps } } }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
