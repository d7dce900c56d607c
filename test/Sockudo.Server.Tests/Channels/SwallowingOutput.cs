using Sockudo.Server.Connections;

namespace Sockudo.Server.Tests.Channels;

/// <summary>A transport that takes everything and has nobody behind it.</summary>
internal sealed class SwallowingOutput : ConnectionOutput
{
    public override int TrySend(ReadOnlySpan<byte> data) => data.Length;

    public override ValueTask<int> SendWhenReadyAsync(ReadOnlyMemory<byte> data) => new(0);

    public override void Abort()
    {
        // Nobody to cut off.
    }
}
