using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Server.Sockets;
using Xunit;

namespace Sockudo.Server.Tests.Sockets;

/// <summary>Real TCP connections on loopback: one end is read by a poller, the other is an ordinary socket.</summary>
internal sealed class PolledPair : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ListeningSocket _ear;
    private readonly System.Threading.Channels.Channel<PolledSocket> _accepted = System.Threading.Channels.Channel.CreateUnbounded<PolledSocket>();
    private readonly List<IDisposable> _ends = [];

    public PolledPair()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16);
        _listener.Blocking = false;
        _ear = new ListeningSocket(_listener, Poller, DescriptorReserve.OfProcess, Accepted, NullLogger.Instance);
        _ear.Open();
    }

    public Poller Poller { get; } = new(0, NullLogger.Instance);

    /// <summary>Another connection: the polled end and the client's.</summary>
    public async Task<(PolledSocket Polled, Socket Client)> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _ends.Add(client);
        await client.ConnectAsync(_listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        var polled = await _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken);
        _ends.Add(polled);
        return (polled, client);
    }

    public async ValueTask DisposeAsync()
    {
        // A test that was continued by the poller must not wait for the poller's end on its own thread.
        await Task.Yield();
        _ear.Close();
        _ends.ForEach(static end => end.Dispose());
        _listener.Dispose();
        Poller.Dispose();
    }

    private void Accepted(Poller poller, Descriptor descriptor, IPEndPoint? peer)
    {
        Assert.Equal(IPAddress.Loopback, peer!.Address);
        var polled = new PolledSocket(poller, descriptor);
        poller.Change(Linux.EpollAdd, descriptor, Linux.EpollIn);
        _accepted.Writer.TryWrite(polled);
    }
}
