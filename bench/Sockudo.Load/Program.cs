using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sockudo.Load;
using Sockudo.Load.Engine;
using Sockudo.Load.Floor;
using Sockudo.Load.Metering;
using Sockudo.Load.Scenarios;

var url = new Option<string>("--url") { Description = "Base URL of the server", DefaultValueFactory = _ => "http://127.0.0.1:6001" };
var appId = new Option<string>("--app-id") { DefaultValueFactory = _ => "demo-app" };
var key = new Option<string>("--key") { DefaultValueFactory = _ => "demo-key" };
var secret = new Option<string>("--secret") { DefaultValueFactory = _ => "demo-secret" };
var serverPid = new Option<int?>("--server-pid") { Description = "Process to meter, if it is on this machine" };
var connections = new Option<int>("--connections", "-n") { DefaultValueFactory = _ => 1000 };
var channels = new Option<int>("--channels") { DefaultValueFactory = _ => 1 };
var payload = new Option<int>("--payload") { Description = "Bytes of an event's data", DefaultValueFactory = _ => 100 };
var window = new Option<int>("--window") { Description = "Messages in flight", DefaultValueFactory = _ => 1 };
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 5 };
var sources = new Option<int>("--sources") { Description = "Loopback addresses to connect from, 127.0.0.2 and on; 0 = one", DefaultValueFactory = _ => 4 };
var clientEvents = new Option<bool>("--client-events") { Description = "Publish by client events on a private channel" };
var subscribe = new Option<bool>("--subscribe") { Description = "Subscribe every idle connection to one channel" };
var json = new Option<bool>("--json");
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
var serverCommand = new Option<string>("--server-command") { Description = "Starts the server; it must print addresses=http://…", Required = true };
var pin = new Option<int?>("--pin") { Description = "Core for the load generator" };

ProcessMeter? Meter(ParseResult result) => result.GetValue(serverPid) is { } id ? new ProcessMeter(id) : null;

LoadTarget Target(ParseResult result) =>
    new(new Uri(result.GetValue(url)!), result.GetValue(appId)!, result.GetValue(key)!, result.GetValue(secret)!);

var fanOut = new Command("fanout", "Subscribers on one or several channels, one publisher") { url, appId, key, secret, serverPid, connections, channels, payload, window, seconds, sources, clientEvents, json, pin };
fanOut.SetAction(result =>
{
    if (result.GetValue(pin) is { } core)
        ServerChild.PinSelf(core);
    using var load = new FanOut(
        Target(result), result.GetValue(connections), result.GetValue(channels), result.GetValue(payload), result.GetValue(sources), result.GetValue(clientEvents));
    var meter = Meter(result);
    load.Run(result.GetValue(window), TimeSpan.FromSeconds(1), null);
    var outcome = load.Run(result.GetValue(window), TimeSpan.FromSeconds(result.GetValue(seconds)), meter);
    Console.Out.WriteLine(result.GetValue(json)
        ? JsonSerializer.Serialize(outcome, LoadJson.Default.FanOutResult)
        : string.Create(CultureInfo.InvariantCulture,
            $"connected {outcome.Subscribers} in {load.ConnectTime.TotalSeconds:0.00} s ({outcome.Subscribers / load.ConnectTime.TotalSeconds:0}/s)\n"
            + $"{outcome.Deliveries} deliveries, {outcome.DeliveriesPerSecond:0}/s, latency p50 {outcome.P50Microseconds} us, p95 {outcome.P95Microseconds} us, p99 {outcome.P99Microseconds} us, max {outcome.MaxMicroseconds} us\n"
            + $"server CPU per delivery: {outcome.CpuPerDelivery?.ToString("0.000", CultureInfo.InvariantCulture) ?? "unknown"} us\n"
            + $"lost {outcome.Lost}, duplicates {outcome.Duplicates}, out of order {outcome.OutOfOrder}"));
    return outcome.IsFaultless ? 0 : 1;
});

var idle = new Command("idle", "Connections that say nothing: memory and CPU of each") { url, appId, key, secret, serverPid, connections, seconds, sources, subscribe };
idle.SetAction(result =>
{
    if (result.GetValue(serverPid) is not { } id)
    {
        Console.Error.WriteLine("error: --server-pid is needed to meter the server");
        return 1;
    }

    Idle.Run(Target(result), result.GetValue(connections), result.GetValue(sources), result.GetValue(subscribe), TimeSpan.FromSeconds(result.GetValue(seconds)), new ProcessMeter(id), Console.Out);
    return 0;
});

var publish = new Command("publish", "Signed events to nobody: what a publish costs by itself") { url, appId, key, secret, serverPid, payload, seconds, pin };
publish.SetAction(result =>
{
    if (result.GetValue(pin) is { } core)
        ServerChild.PinSelf(core);
    Publish.Run(Target(result), result.GetValue(payload), TimeSpan.FromSeconds(result.GetValue(seconds)), Meter(result), Console.Out);
});

var churn = new Command("churn", "Connections that come, subscribe and go") { url, appId, key, secret, serverPid, connections, seconds, sources };
churn.SetAction(result => Churn.Run(
    Target(result), result.GetValue(connections), result.GetValue(sources), TimeSpan.FromSeconds(result.GetValue(seconds)), Meter(result), Console.Out));

var neverReading = new Option<int>("--never-reading") { Description = "Subscribers that never read", DefaultValueFactory = _ => 100 };
var slow = new Command("slow", "Subscribers that never read, and what the others notice of them") { url, appId, key, secret, connections, neverReading, payload, seconds, sources };
slow.SetAction(result =>
{
    var (without, with) = Slow.Run(
        Target(result), result.GetValue(connections), result.GetValue(neverReading), result.GetValue(payload), result.GetValue(sources), TimeSpan.FromSeconds(result.GetValue(seconds)));
    foreach (var (name, outcome) in new[] { ("without", without), ("with", with) })
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,7} them: {outcome.DeliveriesPerSecond:0}/s, p50 {outcome.P50Microseconds} us, p99 {outcome.P99Microseconds} us, max {outcome.MaxMicroseconds} us, lost {outcome.Lost}"));
    }

    return without.IsFaultless && with.IsFaultless ? 0 : 1;
});

var floor = new Command("floor", "The floor: a server that only loops over send");
floor.SetAction(_ => new FloorServer().Run());

var ratio = new Command("ratio", "CPU per delivery of a server and of the floor, in turns, each on core 0, the load on core 1")
{
    appId, key, secret, connections, payload, seconds, rounds, serverCommand,
};
ratio.SetAction(result => Ratio.Run(
    new LoadTarget(new Uri("http://unused"), result.GetValue(appId)!, result.GetValue(key)!, result.GetValue(secret)!),
    result.GetValue(serverCommand)!, $"{Environment.ProcessPath} floor", result.GetValue(connections), result.GetValue(payload),
    result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds)), Console.Out) ? 0 : 1);

var root = new RootCommand("Load for any Pusher-compatible server") { fanOut, idle, publish, churn, slow, floor, ratio };
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
