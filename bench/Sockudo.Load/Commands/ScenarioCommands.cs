using System.CommandLine;
using Sockudo.Load.Engine;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>The commands that run a scenario, with the options that are their own.</summary>
internal static class ScenarioCommands
{
    public static Command FanOut()
    {
        var connections = new Option<int>("-n") { Description = "Subscribers of one channel", DefaultValueFactory = _ => 1000 };
        var channels = new Option<int>("--channels") { Description = "Channels; every message goes to one of them, chosen at random", DefaultValueFactory = _ => 1 };
        var subscribers = new Option<int?>("--subscribers") { Description = "Subscribers of each channel; default: -n" };
        var (payload, window, rate) = (Payload(), Window(1), Rate());
        return new ScenarioCommand(
            "fanout", "Subscribers of one channel or of many, and one publisher through the signed HTTP API", new RoundOptions(),
            [connections, channels, subscribers, payload, window, rate],
            (result, session) => new FanOut(
                session,
                new EventLoop(),
                new FanOutShape(result.GetValue(channels), result.GetValue(subscribers) ?? result.GetValue(connections), result.GetValue(payload)),
                new Pace(result.GetValue(window), result.GetValue(rate))));
    }

    public static Command Publish()
    {
        var connections = new Option<int>("--connections") { Description = "Keep-alive connections, each with a channel of its own", DefaultValueFactory = _ => 1 };
        var pipeline = new Option<int>("--pipeline") { Description = "Requests under way on each connection", DefaultValueFactory = _ => 16 };
        var batch = new Option<int>("--batch") { Description = "Events of a request; 1 = single events", DefaultValueFactory = _ => 1 };
        var subscribers = new Option<int>("--subscribers") { Description = "Subscribers of each channel" };
        var payload = Payload();
        return new ScenarioCommand(
            "publish", "Signed events to nobody or to a few: what a publish costs by itself", new RoundOptions(),
            [connections, pipeline, batch, subscribers, payload],
            (result, session) => new Publish(session, new PublishShape(
                result.GetValue(connections), result.GetValue(pipeline), result.GetValue(batch), result.GetValue(subscribers), result.GetValue(payload))));
    }

    private static Option<int> Payload() => new("--payload") { Description = "Bytes of an event's data, at least 24", DefaultValueFactory = _ => 100 };

    private static Option<int> Window(int window) => new("--window") { Description = "Messages in flight", DefaultValueFactory = _ => window };

    private static Option<double?> Rate() => new("--rate") { Description = "Messages per second, instead of a window" };
}
