namespace Sockudo.Server.Options;

/// <summary>Section <c>queue.sqs</c> of the configuration.</summary>
public sealed record QueueSqsOptions
{
    /// <summary>Region; default <c>AWS_REGION</c>, else <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Endpoint of a local stack.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>The queue's URL is this, <c>/</c> and the name; no lookup.</summary>
    public string? QueueUrlPrefix { get; init; }

    /// <summary>Name of the queue.</summary>
    public string QueueName { get; init; } = "webhooks";

    /// <summary>Create the queue when the lookup finds none.</summary>
    public bool CreateQueue { get; init; } = true;

    /// <summary>Seconds of a job's lease.</summary>
    public int VisibilityTimeout { get; init; } = 30;

    /// <summary>Messages per receive.</summary>
    public int MaxMessages { get; init; } = 10;

    /// <summary>Seconds of a long poll.</summary>
    public int WaitTimeSeconds { get; init; } = 5;

    /// <summary>Workers.</summary>
    public int Concurrency { get; init; } = 5;

    /// <summary>Use a FIFO queue.</summary>
    public bool Fifo { get; init; }

    /// <summary>FIFO: one group for all jobs.</summary>
    public string? MessageGroupId { get; init; }

    /// <summary>Name or URL of the queue that receives jobs given up.</summary>
    public string? DeadLetterQueue { get; init; }
}
