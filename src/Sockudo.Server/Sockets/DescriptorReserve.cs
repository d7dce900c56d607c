namespace Sockudo.Server.Sockets;

/// <summary>
/// Descriptors that are held for nothing, to be given back when the process has no others left. The runtime opens files too, for code that runs for the first time,
/// and ends the process when it cannot; so connections may take all descriptors but these. Linux only. Safe from any thread.
/// </summary>
internal sealed class DescriptorReserve
{
    private const int Size = 32;

    /// <summary>The one reserve: descriptors are the process's, whichever listener accepts.</summary>
    public static readonly DescriptorReserve OfProcess = new();

    private readonly Lock _gate = new();
    private readonly Descriptor?[] _held = new Descriptor?[Size];
    private volatile bool _isWhole;

    private DescriptorReserve()
    {
    }

    /// <summary>Takes back what was given; false if there are not enough, and then nothing is held. Costs nothing while all are held.</summary>
    public bool TryHold()
    {
        if (_isWhole)
            return true;
        lock (_gate)
        {
            for (var i = 0; i < Size; i++)
            {
                _held[i] ??= Linux.EventCreate();
                if (!_held[i]!.IsInvalid)
                    continue;
                Release();
                return false;
            }

            _isWhole = true;
            return true;
        }
    }

    /// <summary>Gives all of them to the rest of the process.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isWhole = false;
            foreach (var descriptor in _held)
                descriptor?.Dispose();
            Array.Clear(_held);
        }
    }
}
