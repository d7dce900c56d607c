using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Logging;
using Sockudo.Server.Backends;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;

namespace Sockudo.Aws;

/// <summary>
/// Webhook jobs in SQS (storage.md 5.5): a message is a job, a lease its visibility timeout, which is renewed while the job is held here. A standard queue knows no order; a FIFO queue
/// keeps that of each lane, and a postponed job holds back its lane. Attempts are counted by receipts.
/// </summary>
public sealed partial class SqsWebhookQueue : IWebhookQueue, IDeadLetters, IBackend
{
    private const string Receives = "ApproximateReceiveCount";
    private const int MaxBatch = 10;
    private const int MaxBytes = 256 * 1024;
    private const int MaxVisibility = 43_200;

    private static readonly TimeSpan ShortPollPause = TimeSpan.FromSeconds(1);

    // The client's own patience is that of a long poll, several times; at the start nobody polls, and somebody waits.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    private readonly QueueSqsOptions _options;
    private readonly string _region;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal);
    private AmazonSQSClient? _client;
    private string _url = "";
    private string? _deadUrl;
    private Task _renewing = Task.CompletedTask;

    /// <param name="options">Section <c>queue.sqs</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger"><c>sockudo.queue</c>.</param>
    public SqsWebhookQueue(QueueSqsOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _region = AwsEndpoint.RegionOf(options.Region);
        _time = time;
        _logger = logger;
        State = new BackendState("queue", "sqs", logger);
    }

    /// <inheritdoc/>
    public BackendState State { get; }

    /// <inheritdoc/>
    public bool CanSkipTargets => false;

    private AmazonSQSClient Client => _client ?? throw new InvalidOperationException("The queue has not been started.");

    private string QueueName => _options.Fifo && !_options.QueueName.EndsWith(".fifo", StringComparison.Ordinal) ? _options.QueueName + ".fifo" : _options.QueueName;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (_renewing.IsCompleted)
            _renewing = RenewAsync();
    }

    /// <summary>Finds the queues, to look at what was given up.</summary>
    /// <exception cref="BackendException">SQS cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _client ??= CreateClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        _url = await AskAsync(() => LocateAsync(patience.Token), cancellationToken).ConfigureAwait(false);
        if (_options.DeadLetterQueue is { } dead)
            _deadUrl = dead.Contains("://", StringComparison.Ordinal) ? dead : await AskAsync(() => UrlOfAsync(dead, patience.Token), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookJob> jobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var batch = new List<SendMessageBatchRequestEntry>();
        var bytes = 0;
        foreach (var job in jobs)
        {
            var text = WebhookJobText.Write(job);
            var size = Encoding.UTF8.GetByteCount(text);
            if (size > MaxBytes)
            {
                LogTooLarge(_logger, job.AppId, size);
                continue;
            }

            if (batch.Count == MaxBatch || bytes + size > MaxBytes)
            {
                await SendAsync(batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
                bytes = 0;
            }

            batch.Add(new SendMessageBatchRequestEntry(batch.Count.ToString(CultureInfo.InvariantCulture), text)
            {
                MessageGroupId = _options.Fifo ? _options.MessageGroupId ?? job.Lane : null,
                MessageDeduplicationId = _options.Fifo ? job.Id : null,
            });
            bytes += size;
        }

        if (batch.Count > 0)
            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeasedJob>> LeaseAsync(int max, IReadOnlySet<string> busyTargets, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(() => Client.ReceiveMessageAsync(
            new ReceiveMessageRequest(_url)
            {
                MaxNumberOfMessages = Math.Clamp(Math.Min(max, _options.MaxMessages), 1, MaxBatch),
                WaitTimeSeconds = _options.WaitTimeSeconds,
                VisibilityTimeout = _options.VisibilityTimeout,
                MessageSystemAttributeNames = [Receives],
            },
            cancellationToken), cancellationToken).ConfigureAwait(false);
        var jobs = new List<LeasedJob>();
        foreach (var message in answer.Messages ?? [])
        {
            if (WebhookJobText.TryRead(message.Body, out var isNewer) is { } job)
            {
                // Who does not say how often is taken to give it for the first time.
                var receives = int.TryParse(message.Attributes?.GetValueOrDefault(Receives), CultureInfo.InvariantCulture, out var count) ? count : 1;
                jobs.Add(new LeasedJob(job, Math.Max(0, receives - 1), message.ReceiptHandle));
            }
            else if (!isNewer)
            {
                LogUnreadable(_logger, message.MessageId);
                await GiveUpAsync(message.Body, message.ReceiptHandle, "unreadable", 0, null).ConfigureAwait(false);
            }
        }

        // Not before: what is not passed on must not be renewed.
        foreach (var job in jobs)
            _held.TryAdd(job.Receipt, 0);

        // Nobody has waited for the service, so that somebody must wait here.
        if (_options.WaitTimeSeconds == 0 && answer.Messages is not { Count: > 0 })
            await Task.Delay(ShortPollPause, _time, cancellationToken).ConfigureAwait(false);
        return jobs;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(LeasedJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        await AskAsync(() => Client.DeleteMessageAsync(_url, job.Receipt, cancellationToken), cancellationToken).ConfigureAwait(false);
        _held.TryRemove(job.Receipt, out _);
    }

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(LeasedJob job, TimeSpan delay, int attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        _held.TryRemove(job.Receipt, out _);
        await AskAsync(() => Client.ChangeMessageVisibilityAsync(_url, job.Receipt, Math.Clamp((int)Math.Ceiling(delay.TotalSeconds), 0, MaxVisibility), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeadLetterAsync(LeasedJob job, DeadLetter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(letter);
        await GiveUpAsync(WebhookJobText.Write(job.Job), job.Receipt, letter.Reason, letter.Attempts, letter.LastStatus).ConfigureAwait(false);
        _held.TryRemove(job.Receipt, out _);
    }

    /// <inheritdoc/>
    public void Abandon(LeasedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        // Not renewed any more, it is seen again when its time is over.
        _held.TryRemove(job.Receipt, out _);
    }

    /// <inheritdoc/>
    public async ValueTask<QueueDepth> MeasureAsync(CancellationToken cancellationToken)
    {
        var queue = await DepthOfAsync(_url, cancellationToken).ConfigureAwait(false);
        var dead = _deadUrl is null ? 0 : (await DepthOfAsync(_deadUrl, cancellationToken).ConfigureAwait(false)).Ready;
        return queue with { Dead = dead };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int max, CancellationToken cancellationToken)
    {
        var messages = await TakeDeadAsync(max, cancellationToken).ConfigureAwait(false);
        foreach (var message in messages)
            await ReleaseAsync(message).ConfigureAwait(false);
        return [.. messages.Select(SqsDeadLetter.Read)];
    }

    /// <inheritdoc/>
    public Task<int> RetryAsync(string? jobId, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return EndDeadAsync(jobId, letter => EnqueueAsync([letter.Job with { CreatedMs = now, Id = Guid.NewGuid().ToString() }], cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> DropAsync(string? jobId, CancellationToken cancellationToken) => EndDeadAsync(jobId, static _ => default, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _client?.Dispose();
        _stopped.Dispose();
    }

    private async Task<QueueDepth> DepthOfAsync(string url, CancellationToken cancellationToken)
    {
        // Approximate, as the service says it.
        var answer = await AskAsync(() => Client.GetQueueAttributesAsync(url, ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"], cancellationToken), cancellationToken).ConfigureAwait(false);
        return new QueueDepth(answer.ApproximateNumberOfMessages, answer.ApproximateNumberOfMessagesNotVisible, answer.ApproximateNumberOfMessagesDelayed, 0, null);
    }

    private async Task SendAsync(List<SendMessageBatchRequestEntry> batch, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(() => Client.SendMessageBatchAsync(_url, [.. batch], cancellationToken), cancellationToken).ConfigureAwait(false);
        if (answer.Failed is { Count: > 0 } failed)
            throw new BackendException($"SQS has not taken {failed.Count} of {batch.Count} jobs: {failed[0].Message}");
    }

    private async Task GiveUpAsync(string body, string receipt, string reason, int attempts, int? lastStatus)
    {
        if (_deadUrl is null)
        {
            LogLost(_logger, reason);
        }
        else
        {
            var isFifo = _deadUrl.EndsWith(".fifo", StringComparison.Ordinal);
            await AskAsync(() => Client.SendMessageAsync(new SendMessageRequest(_deadUrl, body)
            {
                MessageGroupId = isFifo ? "dead" : null,
                MessageDeduplicationId = isFifo ? Guid.NewGuid().ToString() : null,
                MessageAttributes = SqsDeadLetter.Attributes(reason, attempts, lastStatus),
            })).ConfigureAwait(false);
        }

        await AskAsync(() => Client.DeleteMessageAsync(_url, receipt)).ConfigureAwait(false);
    }

    // All that are there, as far as the service shows them; nobody else sees them meanwhile.
    private async Task<List<Message>> TakeDeadAsync(int max, CancellationToken cancellationToken)
    {
        if (_deadUrl is null)
            throw new BackendException("jobs that are given up are not kept: queue.sqs.dead_letter_queue is not set", isPermanent: true);
        var messages = new List<Message>();
        while (messages.Count < max)
        {
            var answer = await AskAsync(() => Client.ReceiveMessageAsync(
                new ReceiveMessageRequest(_deadUrl) { MaxNumberOfMessages = MaxBatch, WaitTimeSeconds = 1, VisibilityTimeout = 60, MessageAttributeNames = ["All"] }, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (answer.Messages is not { Count: > 0 } some)
                break;
            messages.AddRange(some);
        }

        return messages;
    }

    private async Task<int> EndDeadAsync(string? jobId, Func<DeadLetter, ValueTask> end, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var message in await TakeDeadAsync(int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            var letter = SqsDeadLetter.Read(message);
            if (jobId is not null && letter.Job.Id != jobId)
            {
                await ReleaseAsync(message).ConfigureAwait(false);
                continue;
            }

            await end(letter).ConfigureAwait(false);
            await AskAsync(() => Client.DeleteMessageAsync(_deadUrl, message.ReceiptHandle, cancellationToken), cancellationToken).ConfigureAwait(false);
            count++;
        }

        return count;
    }

    private Task<ChangeMessageVisibilityResponse> ReleaseAsync(Message message) => AskAsync(() => Client.ChangeMessageVisibilityAsync(_deadUrl, message.ReceiptHandle, 0));

    // Its prefix, or by its name, or created.
    private async Task<string> LocateAsync(CancellationToken cancellationToken)
    {
        if (_options.QueueUrlPrefix is { } prefix)
            return $"{prefix.TrimEnd('/')}/{QueueName}";
        try
        {
            return await UrlOfAsync(QueueName, cancellationToken).ConfigureAwait(false);
        }
        catch (QueueDoesNotExistException) when (_options.CreateQueue)
        {
            var attributes = new Dictionary<string, string> { ["VisibilityTimeout"] = _options.VisibilityTimeout.ToString(CultureInfo.InvariantCulture) };
            if (_options.Fifo)
                attributes["FifoQueue"] = "true";
            return (await Client.CreateQueueAsync(new CreateQueueRequest(QueueName) { Attributes = attributes }, cancellationToken).ConfigureAwait(false)).QueueUrl;
        }
        catch (QueueDoesNotExistException exception)
        {
            throw new BackendException($"there is no queue \"{QueueName}\" in SQS {AwsEndpoint.Shown(_options.EndpointUrl, _region)}; create it, or set queue.sqs.create_queue = true", isPermanent: true, exception) { IsMissing = true };
        }
    }

    private async Task<string> UrlOfAsync(string name, CancellationToken cancellationToken) => (await Client.GetQueueUrlAsync(name, cancellationToken).ConfigureAwait(false)).QueueUrl;

    // What is held here stays here.
    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_options.VisibilityTimeout / 3.0), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
            {
                foreach (var part in _held.Keys.Chunk(MaxBatch))
                    await TryRenewAsync(part).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task TryRenewAsync(string[] receipts)
    {
        try
        {
            await AskAsync(() => Client.ChangeMessageVisibilityBatchAsync(
                _url, [.. receipts.Select((receipt, index) => new ChangeMessageVisibilityBatchRequestEntry(index.ToString(CultureInfo.InvariantCulture), receipt) { VisibilityTimeout = _options.VisibilityTimeout })])).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // The jobs may come to others too.
        }
    }

    private AmazonSQSClient CreateClient()
    {
        var configuration = new AmazonSQSConfig { MaxErrorRetry = 2, Timeout = TimeSpan.FromSeconds(_options.WaitTimeSeconds + 10) };
        AwsEndpoint.Apply(configuration, _options.EndpointUrl, _region);

        return new AmazonSQSClient(configuration);
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await ask().ConfigureAwait(false);
            State.Up();
            return answer;
        }
        catch (Exception exception) when (BackendException.IsOwedFor(exception, cancellationToken))
        {
            var reason = $"SQS {AwsEndpoint.Shown(_options.EndpointUrl, _region)}, queue {QueueName} (queue.sqs) cannot be used: {AwsFailure.Reason(exception)}";
            State.Down(reason);
            var isPermanent = exception is AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch" };
            throw new BackendException(reason, isPermanent, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "a webhook job is larger than SQS takes and is given up  app={App} bytes={Bytes}")]
    private static partial void LogTooLarge(ILogger logger, string app, int bytes);

    [LoggerMessage(2, LogLevel.Error, "a webhook job in the queue cannot be read  message={Message}")]
    private static partial void LogUnreadable(ILogger logger, string message);

    [LoggerMessage(3, LogLevel.Warning, "a webhook job is given up and not kept: queue.sqs.dead_letter_queue is not set  reason={Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
