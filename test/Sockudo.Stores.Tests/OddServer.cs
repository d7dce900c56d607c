using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sockudo.Stores.Tests;

/// <summary>Takes connections on 127.0.0.1, says the same to everybody, whatever the question, and then nothing more.</summary>
internal sealed class OddServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _clients = [];
    private readonly byte[] _words;

    public OddServer(byte[] words)
    {
        _words = words;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public static byte[] Zeros => new byte[4000];

    public static byte[] Http => Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    public static byte[] Silence => [];

    // The same in each run.
    public static byte[] Noise
    {
        get
        {
            var bytes = new byte[3000];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)((i * 167) ^ (i >> 3));
            return bytes;
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public void Dispose()
    {
        _listener.Dispose();
        lock (_clients)
            _clients.ForEach(static client => client.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                lock (_clients)
                    _clients.Add(client);
                await client.SendAsync(_words);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
