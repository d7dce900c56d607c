using System.Text;
using System.Threading.Channels;

namespace Sockudo.Logging;

/// <summary>
/// Writes lines to standard output, one write each, in the order given. Callers never wait: lines go through a bounded queue,
/// so that a terminal or pipe that nobody reads cannot stop the server; what does not fit is counted and told afterwards.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int Capacity = 8192;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly Stream _output;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task _writing;
    private long _lost;

    public LogWriter(Stream output)
    {
        _output = output;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Queues one line, its line break included.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes what is queued, for at most two seconds.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
#pragma warning disable RS0030 // The process is ending; there is nothing left to wait asynchronously with.
        _writing.Wait(FlushTimeout);
#pragma warning restore RS0030
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await _output.WriteAsync(Encoding.UTF8.GetBytes(line)).ConfigureAwait(false);
                if (Interlocked.Exchange(ref _lost, 0) is var lost and > 0)
                    await _output.WriteAsync(Encoding.UTF8.GetBytes($"({lost} log lines were lost because the output was not read)\n")).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // Nobody listens any more.
        }
    }
}
