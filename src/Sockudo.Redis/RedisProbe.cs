namespace Sockudo.Redis;

/// <summary>Waits for what becomes of one subscription.</summary>
internal sealed class RedisProbe : IRespReceiver
{
    private readonly TaskCompletionSource<string?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null when the subscription is in force, else why it is not.</summary>
    public Task<string?> Outcome => _outcome.Task;

    public void OnPush(RespPush push) => _outcome.TrySetResult(null);

    public void OnRefusal(string error) => _outcome.TrySetResult(error);
}
