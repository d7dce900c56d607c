using System.CommandLine;
using Sockudo.Chaos;
using Sockudo.Chaos.Faults;

var seconds = new Option<int>("--seconds") { Description = "How long faults go on", DefaultValueFactory = static _ => 600 };
var groups = new Option<int?>("--groups") { Description = "End after so many groups of faults, even if there is time left" };
var seed = new Option<int>("--seed") { Description = "What is drawn by lot comes from it; default: another one each time", DefaultValueFactory = static _ => Random.Shared.Next(1_000_000) };
var broker = new Option<string>("--broker") { Description = "redis or nats", DefaultValueFactory = static _ => "redis" };
broker.AcceptOnlyFromAmong("redis", "nats");
var clients = new Option<int>("--clients") { Description = "Clients that come, stay and go", DefaultValueFactory = static _ => 2000 };
var atOnce = new Option<int>("--at-once") { Description = "Faults at once, at most", DefaultValueFactory = static _ => 3 };
var only = new Option<string[]>("--fault") { Description = "Only this one; may be repeated", DefaultValueFactory = static _ => [] };
only.AcceptOnlyFromAmong([.. Deck.All.Select(static fault => fault.Name)]);
var report = new Option<string?>("--report") { Description = "File for the report" };
var root = new RootCommand("Three nodes on a real broker, many clients, and everything that can go wrong") { seconds, groups, seed, broker, clients, atOnce, only, report };
root.SetAction(async (result, stop) =>
{
    var findings = await new ChaosRun(new ChaosOptions
    {
        Duration = TimeSpan.FromSeconds(result.GetValue(seconds)),
        Groups = result.GetValue(groups),
        Seed = result.GetValue(seed),
        Broker = result.GetValue(broker)!,
        Clients = result.GetValue(clients),
        FaultsAtOnce = result.GetValue(atOnce),
        Only = result.GetValue(only)!,
        Report = result.GetValue(report),
    }).RunAsync(stop);
    return findings.Count == 0 ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
