using System.CommandLine;
using Sockudo.Load.Commands;
using Sockudo.Load.Floor;

var coalesce = new Option<bool>("--coalesce") { Description = "Send a subscriber all that has arrived in one read at once" };
var echo = new Option<bool>("--echo") { Description = "Relay each WebSocket message to the other one on its channel" };
var floor = new Command("floor", "The floor: a server that only loops over send") { coalesce, echo };
floor.SetAction(result => new FloorServer(new FloorOptions(result.GetValue(coalesce), result.GetValue(echo))).Run());

var root = new RootCommand("Load for any Pusher-compatible server")
{
    ScenarioCommands.FanOut(),
    ScenarioCommands.Echo(),
    ScenarioCommands.Publish(),
    ScenarioCommands.Idle(),
    ScenarioCommands.Churn(),
    ScenarioCommands.Storm(),
    ScenarioCommands.Presence(),
    ScenarioCommands.Slow(),
    ScenarioCommands.Soak(),
    floor,
    new RatioCommand(),
    new CompareCommand(),
};
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
