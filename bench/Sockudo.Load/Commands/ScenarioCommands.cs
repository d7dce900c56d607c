using System.CommandLine;
using Sockudo.Load.Engine;
using Sockudo.Load.Scenarios;

namespace Sockudo.Load.Commands;

/// <summary>The commands that run a scenario, with the options that are their own.</summary>
internal static class ScenarioCommands
{
    /// <summary>Environment variables with which a started server allows client events, as many as there are.</summary>
    public static IReadOnlyDictionary<string, string> ClientEventVariables { get; } = new Dictionary<string, string>
    {
        ["SOCKUDO_DEFAULT_APP_ENABLE_CLIENT_MESSAGES"] = "true",
        ["SOCKUDO_DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SECOND"] = "0",
    };

    public static Command FanOut()
    {
        var connections = new Option<int>("-n") { Description = "Subscribers of one channel", DefaultValueFactory = _ => 1000 };
        var channels = new Option<int>("--channels") { Description = "Channels; every message goes to one of them, chosen at random", DefaultValueFactory = _ => 1 };
        var subscribers = new Option<int?>("--subscribers") { Description = "Subscribers of each channel; default: -n" };
        var publishers = new Option<int>("--publishers") { Description = "HTTP connections to publish on, over all nodes in turn", DefaultValueFactory = _ => 1 };
        var (payload, window, rate) = (Payload(), Window(1), Rate());
        return new ScenarioCommand(
            "fanout", "Subscribers of one channel or of many, and one publisher through the signed HTTP API", new RoundOptions(),
            [connections, channels, subscribers, publishers, payload, window, rate],
            (result, server) => new FanOut(
                server,
                new EventLoop(),
                new FanOutShape(
                    result.GetValue(channels), result.GetValue(subscribers) ?? result.GetValue(connections), result.GetValue(payload), result.GetValue(publishers)),
                new Pace(result.GetValue(window), result.GetValue(rate))));
    }

    public static Command Publish()
    {
        var connections = new Option<int>("--connections") { Description = "Keep-alive connections, each with a channel of its own", DefaultValueFactory = _ => 1 };
        var pipeline = new Option<int>("--pipeline") { Description = "Requests under way on each connection", DefaultValueFactory = _ => 16 };
        var batch = new Option<int>("--batch") { Description = "Events of a request; 1 = single events", DefaultValueFactory = _ => 1 };
        var subscribers = new Option<int>("--subscribers") { Description = "Subscribers of each channel" };
        var (payload, rate) = (Payload(), Rate());
        return new ScenarioCommand(
            "publish", "Signed events to nobody or to a few: what a publish costs by itself", new RoundOptions(),
            [connections, pipeline, batch, subscribers, rate, payload],
            (result, server) => new Publish(
                server,
                new PublishShape(
                    result.GetValue(connections), result.GetValue(pipeline), result.GetValue(batch), result.GetValue(subscribers), result.GetValue(payload))
                {
                    Rate = result.GetValue(rate),
                }));
    }

    public static Command Echo()
    {
        var pairs = new Option<int>("--pairs") { Description = "Private channels with two connections each", DefaultValueFactory = _ => 100 };
        var bothWays = new Option<bool>("--both-ways") { Description = "Both of a pair speak; else one speaks and the other listens" };
        var (payload, window, rate) = (Payload(), Window(1), Rate());
        return new ScenarioCommand(
            "echo", "Client events within pairs; the app must allow them, without a rate limit", new RoundOptions(),
            [pairs, bothWays, window, rate, payload],
            (result, server) => new Echo(
                server,
                new EchoShape(result.GetValue(pairs), result.GetValue(bothWays), result.GetValue(window), result.GetValue(payload)) { Rate = result.GetValue(rate) }))
        {
            ServerEnvironment = ClientEventVariables,
        };
    }

    public static Command Idle()
    {
        var connections = new Option<int>("-n") { Description = "Connections at the end; memory is read at five counts up to it", DefaultValueFactory = _ => 10000 };
        var subscribe = new Option<bool>("--subscribe") { Description = "Subscribe each to one channel" };
        return new ScenarioCommand(
            "idle", "Connections that say nothing: memory of each, and CPU", new RoundOptions(seconds: 10, rounds: 1),
            [connections, subscribe],
            (result, server) => new Idle(server, result.GetValue(connections), result.GetValue(subscribe)));
    }

    public static Command Churn()
    {
        var concurrency = new Option<int>("-n") { Description = "Visitors at any time", DefaultValueFactory = _ => 100 };
        var held = new Option<int>("--held") { Description = "Subscribers that stay on the channel all the time" };
        return new ScenarioCommand(
            "churn", "Connections that come, subscribe and go", new RoundOptions(),
            [concurrency, held],
            (result, server) => new Churn(server, result.GetValue(concurrency), result.GetValue(held)));
    }

    public static Command Storm()
    {
        var connections = new Option<int>("-n") { Description = "Clients, a multiple of --members", DefaultValueFactory = _ => 1000 };
        var members = new Option<int>("--members") { Description = "Members of each presence channel", DefaultValueFactory = _ => 100 };
        var handshakes = new Option<int>("--handshakes") { Description = "Connections that may wait for the server's greeting at once", DefaultValueFactory = _ => 1000 };
        return new ScenarioCommand(
            "storm", "Everybody is cut off and comes back to presence channels at once; a round is one storm", new RoundOptions(),
            [connections, members, handshakes],
            (result, server) => new Storm(server, new StormShape(result.GetValue(connections), result.GetValue(members), result.GetValue(handshakes))));
    }

    public static Command Presence()
    {
        var channels = new Option<int>("--channels") { Description = "Presence channels", DefaultValueFactory = _ => 1 };
        var members = new Option<int>("--members") { Description = "Members of each, the one that comes and goes included", DefaultValueFactory = _ => 100 };
        return new ScenarioCommand(
            "presence", "Members join and leave while the others listen", new RoundOptions(),
            [channels, members],
            (result, server) => new Presence(server, result.GetValue(channels), result.GetValue(members)));
    }

    public static Command Slow()
    {
        var connections = new Option<int>("-n") { Description = "Subscribers of the channel, all together", DefaultValueFactory = _ => 1000 };
        var percent = new Option<double>("--percent") { Description = "How many of them never read", DefaultValueFactory = _ => 10 };
        var (payload, window, rate) = (Payload(1000), Window(16), Rate());
        return new ScenarioCommand(
            "slow", "Subscribers that never read, and what the others notice of them", new RoundOptions(),
            [connections, percent, payload, window, rate],
            (result, server) => new Slow(
                server, result.GetValue(connections), result.GetValue(percent), result.GetValue(payload),
                new Pace(result.GetValue(window), result.GetValue(rate))));
    }

    public static Command Soak()
    {
        var channels = new Option<int>("--channels") { Description = "Channels that are published to", DefaultValueFactory = _ => 100 };
        var subscribers = new Option<int>("--subscribers") { Description = "Subscribers of each", DefaultValueFactory = _ => 10 };
        var rate = new Option<double>("--rate") { Description = "Publishes per second", DefaultValueFactory = _ => 100 };
        var visitors = new Option<int>("--visitors") { Description = "Connections at any time that come, subscribe and go", DefaultValueFactory = _ => 4 };
        var payload = Payload();
        return new ScenarioCommand(
            "soak", "Publishes and visitors for a long time: memory must not grow", new RoundOptions(seconds: 300, rounds: 1, warmUp: 20),
            [channels, subscribers, rate, visitors, payload],
            (result, server) => new Soak(
                server, new FanOutShape(result.GetValue(channels), result.GetValue(subscribers), result.GetValue(payload)),
                result.GetValue(rate), result.GetValue(visitors)));
    }

    private static Option<int> Payload(int bytes = 100) =>
        new("--payload") { Description = "Bytes of an event's data, at least 24", DefaultValueFactory = _ => bytes };

    private static Option<int> Window(int window) => new("--window") { Description = "Messages in flight", DefaultValueFactory = _ => window };

    private static Option<double?> Rate() => new("--rate") { Description = "Messages per second, instead of a window" };
}
