using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sockudo.Server.Apps;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <summary>No job stays here for ever, whatever happens to it.</summary>
public sealed class WebhookDeliveryTests : IAppStore, IWebhookTransport, IAsyncDisposable
{
    private static readonly WebhooksOptions Options = new();

    private static readonly App App = new()
    {
        Id = "app",
        Key = "key",
        Secret = "secret",
        Webhooks = [new AppWebhook { Url = new Uri("http://receiver.example/"), EventTypes = [WebhookEventType.CacheMiss] }],
    };

    private readonly FakeTimeProvider _time = new();
    private readonly WebhookMetrics _metrics = new();
    private readonly List<DateTimeOffset> _attempts = [];
    private readonly MemoryWebhookQueue _queue;
    private WebhookDelivery? _delivery;
    private Exception? _storeFails;
    private Func<WebhookAnswer> _answer = static () => new WebhookAnswer(true, 200, "status 200");

    public WebhookDeliveryTests() => _queue = new MemoryWebhookQueue(new QueueOptions(), _metrics, _time);

    string IWebhookTransport.Name => "http";

    public async ValueTask DisposeAsync()
    {
        // What it waits for at the end goes by this clock.
        var disposed = _delivery?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        while (!disposed.IsCompleted)
            await PassAsync();
        await disposed;
    }

    [Fact]
    public async Task An_attempt_that_throws_has_failed_and_is_made_again_later_until_the_job_is_too_old()
    {
        _answer = static () => throw new InvalidOperationException("unforeseen");
        await StartAsync(Options);
        var letter = await GivenUpAsync();
        Assert.Equal("unforeseen", letter.Reason);
        Assert.Equal(letter.Attempts, _attempts.Count);
        Assert.InRange(_attempts.Count, 5, 15);
        Assert.True(_attempts[1] - _attempts[0] >= TimeSpan.FromMilliseconds(0.8 * Options.Retry.InitialDelayMs));
        Assert.True(_attempts[^1] - _attempts[0] <= TimeSpan.FromSeconds(Options.Retry.MaxAgeS));
        Assert.Equal(default, await _queue.MeasureAsync(default) with { Dead = 0 });
    }

    [Fact]
    public async Task A_target_whose_attempts_throw_is_paused()
    {
        _answer = static () => throw new InvalidOperationException("unforeseen");
        await StartAsync(Options, jobs: 20);
        await UntilAsync(() => _metrics.PausedTargets == 1);
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task What_throws_before_an_attempt_holds_no_job_for_ever(Type exception)
    {
        _storeFails = (Exception)Activator.CreateInstance(exception)!;
        await StartAsync(Options);
        await UntilAsync(() => Volatile.Read(ref _storeFails) is null);
        await UntilAsync(() => _metrics.Jobs.Contains(("app", "delivered", 1)));
        Assert.Single(_attempts);
    }

    [Fact]
    public async Task A_body_that_is_not_ours_is_given_up_like_any_other()
    {
        _answer = static () => new WebhookAnswer(false, 500, "status 500");
        await StartAsync(Options with { Retry = new() { Enabled = false } }, body: "nonsense");
        var letter = await GivenUpAsync();
        Assert.Equal(("status 500", 1, "nonsense"), (letter.Reason, letter.Attempts, letter.Job.Body));
        Assert.Single(_attempts);
    }

    ValueTask<App?> IAppStore.FindByIdAsync(string id, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _storeFails, null) is { } exception ? ValueTask.FromException<App?>(exception) : ValueTask.FromResult<App?>(App);

    ValueTask<App?> IAppStore.FindByKeyAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<WebhookAnswer> IWebhookTransport.SendAsync(App app, AppWebhook webhook, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        lock (_attempts)
            _attempts.Add(_time.GetUtcNow());
        return Task.FromResult(_answer());
    }

    private async Task StartAsync(WebhooksOptions options, int jobs = 1, string body = """{"time_ms":1,"events":[{"name":"cache_miss","channel":"cache-a"}]}""")
    {
        var webhook = WebhookIds.Of(App)[0].Id;
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await _queue.EnqueueAsync([.. Enumerable.Range(0, jobs).Select(number => new WebhookJob($"{number}", App.Id, webhook, $"lane-{number}", now, body))], default);
        _delivery = new WebhookDelivery(_queue, this, [this], options, atOnce: 10, _metrics, new WebhookJournal(10), _time, NullLogger.Instance);
        _delivery.Start();
    }

    private async Task<DeadLetter> GivenUpAsync()
    {
        IReadOnlyList<DeadLetter> letters = [];
        await UntilAsync(async () => (letters = await _queue.ListAsync(10, default)).Count > 0);
        return Assert.Single(letters);
    }

    private Task UntilAsync(Func<bool> isTrue) => UntilAsync(() => Task.FromResult(isTrue()));

    private async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (var patience = 1000; !await isTrue(); patience--)
        {
            Assert.True(patience > 0, "it does not happen");
            await PassAsync();
        }
    }

    private Task PassAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(500));
        return Task.Delay(5);
    }
}
