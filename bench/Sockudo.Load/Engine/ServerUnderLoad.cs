using System.Net;
using Sockudo.Load.Metering;

namespace Sockudo.Load.Engine;

/// <summary>What a scenario works with: a server, how to meter it, and where to connect from.</summary>
/// <param name="Target">The server and the app.</param>
/// <param name="Meter">Meters the server's process; null if it is unknown.</param>
/// <param name="Sources">Loopback addresses to connect from; 0 = whatever the system chooses.</param>
internal sealed record ServerUnderLoad(LoadTarget Target, ProcessMeter? Meter, int Sources)
{
    /// <summary>Further nodes of a cluster; connections go to all of them in turn.</summary>
    public IReadOnlyList<LoadTarget> Others { get; init; } = [];

    /// <summary>Where the connection with this number goes.</summary>
    public LoadTarget TargetFor(int index) => index % (Others.Count + 1) is > 0 and var other ? Others[other - 1] : Target;

    /// <summary>The meter, for scenarios that are about nothing else.</summary>
    public ProcessMeter RequiredMeter => Meter ?? throw new InvalidOperationException("--server-pid or --server-command is needed to meter the server");

    /// <summary>Address from which the connection with this number is made; null = whatever the system chooses.</summary>
    public IPAddress? SourceFor(long index) => Sources > 0 ? new IPAddress(new byte[] { 127, 0, 0, (byte)(2 + (index % Sources)) }) : null;
}
