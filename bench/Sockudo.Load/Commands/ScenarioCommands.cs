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

    public static Command Echo()
    {
        var pairs = new Option<int>("--pairs") { Description = "Private channels with two connections each", DefaultValueFactory = _ => 100 };
        var bothWays = new Option<bool>("--both-ways") { Description = "Both of a pair speak; else one speaks and the other listens" };
        var (payload, window) = (Payload(), Window(1));
        return new ScenarioCommand(
            "echo", "Client events within pairs; the app must allow them, without a rate limit", new RoundOptions(),
            [pairs, bothWays, window, payload],
            (result, session) => new Echo(session, new EchoShape(
                result.GetValue(pairs), result.GetValue(bothWays), result.GetValue(window), result.GetValue(payload))))
        {
            ServerEnvironment = new Dictionary<string, string>
            {
                ["SOCKUDO_DEFAULT_APP_ENABLE_CLIENT_MESSAGES"] = "true",
                ["SOCKUDO_DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SECOND"] = "0",
            },
        };
    }

    public static Command Idle()
    {
        var connections = new Option<int>("-n") { Description = "Connections at the end; memory is read at five counts up to it", DefaultValueFactory = _ => 10000 };
        var subscribe = new Option<bool>("--subscribe") { Description = "Subscribe each to one channel" };
        return new ScenarioCommand(
            "idle", "Connections that say nothing: memory of each, and CPU", new RoundOptions(seconds: 10, rounds: 1),
            [connections, subscribe],
            (result, session) => new Idle(session, result.GetValue(connections), result.GetValue(subscribe)));
    }

    public static Command Churn()
    {
        var concurrency = new Option<int>("-n") { Description = "Visitors at any time", DefaultValueFactory = _ => 100 };
        var held = new Option<int>("--held") { Description = "Subscribers that stay on the channel all the time" };
        return new ScenarioCommand(
            "churn", "Connections that come, subscribe and go", new RoundOptions(),
            [concurrency, held],
            (result, session) => new Churn(session, result.GetValue(concurrency), result.GetValue(held)));
    }

    private static Option<int> Payload() => new("--payload") { Description = "Bytes of an event's data, at least 24", DefaultValueFactory = _ => 100 };

    private static Option<int> Window(int window) => new("--window") { Description = "Messages in flight", DefaultValueFactory = _ => window };

    private static Option<double?> Rate() => new("--rate") { Description = "Messages per second, instead of a window" };
}
