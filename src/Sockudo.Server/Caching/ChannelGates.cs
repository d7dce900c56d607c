namespace Sockudo.Server.Caching;

/// <summary>
/// K-6: between reading a channel's cached event and joining the channel no event may be published on it, or it would be
/// seen twice or not at all. Publishing and subscribing on cache channels therefore take turns, channel by channel.
/// </summary>
internal sealed class ChannelGates
{
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];

    /// <summary>Waits for the channel's turn; dispose of the result to give it back.</summary>
    public async ValueTask<Turn> EnterAsync(string appId, string channel)
    {
        var stripe = _stripes[(uint)HashCode.Combine(appId, channel) % (uint)_stripes.Length];
        await stripe.WaitAsync().ConfigureAwait(false);
        return new Turn(stripe);
    }

    /// <summary>A turn that has been given.</summary>
    public readonly struct Turn(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
