using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Hosting;
using Sockudo.Server.Limits;
using Sockudo.Server.Options;
using Sockudo.Server.Tests.Http;
using Sockudo.Server.Webhooks;

namespace Sockudo.Benchmarks;

/// <summary>A signed <c>POST events</c> to nobody, from its head to its answer, the web server apart.</summary>
[MemoryDiagnoser]
public class PublishBenchmarks
{
    private SockudoServer _server = null!;
    private PublishExchange _exchange = null!;

    [Params(125, 10 * 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var options = new SockudoOptions();
        var apps = new MemoryAppStore([new App { Id = "a", Key = "k", Secret = "s" }]);
        _server = new SockudoServer(
            options, apps, new NoEventCache(), new MemoryRateLimiter(TimeProvider.System), new NoWebhooks(), TimeProvider.System,
            NullLoggerFactory.Instance);
        _exchange = new PublishExchange("a", "k", "s", $$"""{"name":"my-event","data":"{{new string('x', Payload)}}","channels":["my-channel"]}""");
    }

    [Benchmark]
    public Task Publish()
    {
        _exchange.Restart();
        var answered = _server.HandleRequestAsync(_exchange.Context);
        return _exchange.StatusCode == 200 ? answered : throw new InvalidOperationException("the event was refused");
    }
}
