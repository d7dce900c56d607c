using System.IO.Pipelines;

namespace Sockudo.Server.Connections;

/// <summary>
/// TLS, and upgrades that went through an HTTP layer: frames are written to a pipe, one flush per drain of the queue. While
/// a flush waits for a slow peer the connection stays off its write loop.
/// </summary>
/// <param name="output">The transport's pipe.</param>
/// <param name="abort">Cuts the transport off.</param>
internal sealed class PipeOutput(PipeWriter output, Action abort) : ConnectionOutput
{
    private ValueTask<FlushResult> _flush;
    private bool _flushing;

    public override int TrySend(ReadOnlySpan<byte> data)
    {
        if (_flushing)
            return 0;
        try
        {
            data.CopyTo(output.GetSpan(data.Length));
            output.Advance(data.Length);
            var flush = output.FlushAsync();
            if (!flush.IsCompletedSuccessfully)
            {
                _flush = flush;
                _flushing = true;
                return data.Length;
            }

#pragma warning disable CA1849, RS0030 // Completed: nothing is waited for.
            return flush.Result.IsCompleted ? -1 : data.Length;
#pragma warning restore CA1849, RS0030
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or OperationCanceledException)
        {
            return -1;
        }
    }

    public override async ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            var result = await _flush.ConfigureAwait(false);
            _flushing = false;
            return result.IsCompleted ? -1 : 0;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or OperationCanceledException)
        {
            return -1;
        }
    }

    public override void Abort() => abort();
}
