using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Apps;
using Sockudo.Server.Caching;
using Sockudo.Server.Hosting;
using Sockudo.Server.Limits;
using Sockudo.Server.Options;
using Sockudo.Server.Tests.Http;
using Sockudo.Server.Webhooks;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Tracing;

/// <summary>Listeners hear the spans of the whole process, so nothing else runs meanwhile.</summary>
[Collection(AloneTests.Name)]
public sealed class SpansTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public SpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Sockudo",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_request_to_the_API_is_a_span_named_by_its_route_under_the_caller_s_and_without_its_query()
    {
        var options = new SockudoOptions();
        using var cache = new MemoryEventCache(options.Cache.Memory, TimeProvider.System);
        await using var server = new SockudoServer(
            options, new MemoryAppStore([new App { Id = "a", Key = "k", Secret = "s" }]), cache, new MemoryRateLimiter(TimeProvider.System),
            new NoWebhooks(), TimeProvider.System, NullLoggerFactory.Instance);
        var exchange = new PublishExchange("a", "k", "s", """{"name":"event","data":"payload","channels":["channel"]}""");
        exchange.Context.Request.Headers.TraceParent = Parent;
        exchange.Restart();
        await server.HandleRequestAsync(exchange.Context);
        Assert.Equal(200, exchange.StatusCode);

        var span = Assert.Single(_ended);
        Assert.Equal("POST /apps/{app_id}/events", span.DisplayName);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal(
            "http.request.method=POST http.response.status_code=200 http.route=/apps/{app_id}/events sockudo.app_id=a url.scheme=http",
            string.Join(' ', span.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(200, "success")]
    [InlineData(500, "failure")]
    public async Task An_attempt_to_deliver_a_webhook_is_a_span_whose_context_goes_along(int status, string outcome)
    {
        await using var receiver = new WebhookReceiver
        {
            Answer = (_, response) =>
            {
                response.StatusCode = status;
                return Task.CompletedTask;
            },
        };
        using var transport = new HttpWebhookTransport(allowLinkLocal: false, "1.2.3");
        var app = new App { Id = "a", Key = "k", Secret = "s", Webhooks = [new AppWebhook { Url = new Uri(receiver.Url + "?token=hidden"), EventTypes = [] }] };
        using (var span = Sockudo.Server.Tracing.Spans.StartDelivery(app, transport.Name, attempt: 3))
        {
            var answer = await transport.SendAsync(app, app.Webhooks[0], "{}"u8.ToArray(), TestContext.Current.CancellationToken);
            Sockudo.Server.Tracing.Spans.EndDelivery(span, answer);
        }

        var ended = Assert.Single(_ended);
        Assert.Equal(ended.Id, receiver.Next().Headers["traceparent"]);
        Assert.Equal((outcome, status, 3), (ended.GetTagItem("sockudo.webhook.outcome"), ended.GetTagItem("http.response.status_code"), ended.GetTagItem("sockudo.webhook.attempt")));
        Assert.Equal(status == 200 ? ActivityStatusCode.Unset : ActivityStatusCode.Error, ended.Status);
        Assert.DoesNotContain(ended.TagObjects, static tag => tag.Value!.ToString()!.Contains("hidden", StringComparison.Ordinal));
    }
}
