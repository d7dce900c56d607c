using System.Net;
using System.Net.Sockets;
using System.Text;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Floor;

/// <summary>
/// The kernel's own floor: a server that does nothing for a message but loop over <c>send</c>. It understands just enough of the
/// protocol that the same load generator can talk to it, and trusts every byte it gets.
/// </summary>
internal sealed class FloorServer : IReadable
{
    private readonly EventLoop _loop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<string, FloorChannel> _channels = [];
    private readonly Dictionary<string, FloorChannel>.AlternateLookup<ReadOnlySpan<char>> _channelsByName;
    private readonly List<FloorChannel> _written = [];

    public FloorServer(FloorOptions options)
    {
        Options = options;
        _channelsByName = _channels.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public FloorOptions Options { get; }

    public int Descriptor => (int)_listener.Handle;

    /// <summary>Listens on a free port, says which, and serves until it is killed.</summary>
    public void Run()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _loop.Add(this);
        Console.Out.WriteLine($"addresses=http://{_listener.LocalEndPoint}");
        while (true)
            _loop.Poll(-1);
    }

    public void OnReadable(byte[] scratch)
    {
        var accepted = _listener.Accept();
        accepted.NoDelay = true;
        _loop.Add(new FloorConnection(this, accepted));
    }

    /// <summary>The channel of this name, made if there is none.</summary>
    public FloorChannel ChannelOf(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[name.Length];
        text = text[..Encoding.ASCII.GetChars(name, text)];
        if (!_channelsByName.TryGetValue(text, out var channel))
            _channelsByName[text] = channel = new FloorChannel(text.ToString());
        return channel;
    }

    /// <summary>Sends an event to a channel: at once, or, if sends are coalesced, when the read has been served.</summary>
    public void Publish(ReadOnlySpan<byte> channelName, ReadOnlySpan<byte> data)
    {
        var channel = ChannelOf(channelName);
        if (!channel.HasOutput)
            _written.Add(channel);
        channel.Write(data);
        if (!Options.Coalesce)
            Flush();
    }

    /// <summary>Sends what has been written.</summary>
    public void Flush()
    {
        foreach (var channel in _written)
            channel.Flush();
        _written.Clear();
    }

    public void Remove(FloorConnection connection) => _loop.Remove(connection);
}
