namespace Sockudo.Stores.Tests.Sqs;

/// <inheritdoc/>
public sealed class SqsDurableWebhookTests(Emulator emulator) : KeptDeadLettersSpec
{
    protected override async Task<string[]> GetOptionsAsync() =>
    [
        "queue.driver=sqs", $"queue.sqs.endpoint_url={(await emulator.GetAsync()).Url}", $"queue.sqs.queue_name=q-{Guid.NewGuid():N}", "webhooks.request_timeout_ms=1000",
        "queue.sqs.visibility_timeout=6", $"queue.sqs.dead_letter_queue={await emulator.DeadAsync()}",
    ];
}
