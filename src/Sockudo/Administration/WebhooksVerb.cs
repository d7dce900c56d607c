namespace Sockudo.Administration;

/// <summary>What <c>sockudo webhooks</c> is asked to do.</summary>
internal enum WebhooksVerb
{
    /// <summary>Print the jobs that were given up.</summary>
    List,

    /// <summary>Put them back into the queue.</summary>
    Retry,

    /// <summary>Forget them.</summary>
    Drop,
}
