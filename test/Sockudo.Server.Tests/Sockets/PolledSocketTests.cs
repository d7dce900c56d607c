using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Sockudo.Server.Sockets;
using Xunit;

namespace Sockudo.Server.Tests.Sockets;

/// <summary>What a reader and a writer of a polled socket may rely on.</summary>
public class PolledSocketTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public PolledSocketTests() => Assert.SkipUnless(PolledTransport.IsSupported, "needs Linux on x64 or arm64");

    [Fact]
    public async Task What_is_not_consumed_comes_again_in_front_of_what_follows()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();

        await SendAsync(client, "abc");
        var first = await polled.ReadAsync(Cancelled);
        Assert.Equal("abc", Text(first.Buffer));
        polled.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);

        await SendAsync(client, "def");
        var second = await polled.ReadAsync(Cancelled);
        Assert.Equal("bcdef", Text(second.Buffer));
        polled.AdvanceTo(second.Buffer.End);
    }

    [Fact]
    public async Task What_was_not_examined_is_there_at_once()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();

        await SendAsync(client, "abc");
        var first = await polled.ReadAsync(Cancelled);
        polled.AdvanceTo(first.Buffer.GetPosition(2));

        Assert.True(polled.TryRead(out var second));
        Assert.Equal("c", Text(second.Buffer));
        polled.AdvanceTo(second.Buffer.End);
        Assert.False(polled.TryRead(out _));
    }

    [Fact]
    public async Task Bytes_stay_as_they_are_while_a_reader_keeps_them_and_others_receive()
    {
        await using var pair = new PolledPair();
        var (keeper, keepersClient) = await pair.ConnectAsync();
        var (other, othersClient) = await pair.ConnectAsync();

        await SendAsync(keepersClient, "keep me");
        var kept = await keeper.ReadAsync(Cancelled);
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(othersClient, "OVERWRITTEN?");
            var read = await other.ReadAsync(Cancelled);
            other.AdvanceTo(read.Buffer.End);
        }

        Assert.Equal("keep me", Text(kept.Buffer));
        keeper.AdvanceTo(kept.Buffer.GetPosition(5), kept.Buffer.End);
        await SendAsync(keepersClient, "!");
        Assert.Equal("me!", Text((await keeper.ReadAsync(Cancelled)).Buffer));
    }

    [Fact]
    public async Task What_arrives_while_nobody_reads_waits_in_the_kernel()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();
        var (_, witness) = await pair.ConnectAsync();

        await SendAsync(client, "early");
        // The poller has been told of it, since it goes on to another connection.
        await SendAsync(witness, "x");

        Assert.Equal("early", Text((await polled.ReadAsync(Cancelled)).Buffer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_is_read_after_what_came_before(bool isOrderly)
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();

        await SendAsync(client, "last words");
        var read = await polled.ReadAsync(Cancelled);
        polled.AdvanceTo(read.Buffer.End);
        if (!isOrderly)
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();

        var end = await polled.ReadAsync(Cancelled);
        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
        polled.AdvanceTo(end.Buffer.End);
        Assert.True((await polled.ReadAsync(Cancelled)).IsCompleted);
    }

    [Fact]
    public async Task A_wait_or_the_next_one_can_be_cancelled_from_elsewhere_and_reading_goes_on()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();

        polled.CancelPendingRead();
        var next = await polled.ReadAsync(Cancelled);
        Assert.True(next.IsCanceled);
        polled.AdvanceTo(next.Buffer.Start, next.Buffer.End);

        var waiting = polled.ReadAsync(Cancelled).AsTask();
        polled.CancelPendingRead();
        Assert.True((await waiting).IsCanceled);
        polled.AdvanceTo((await waiting).Buffer.End);

        await SendAsync(client, "still here");
        var read = await polled.ReadAsync(Cancelled);
        Assert.False(read.IsCanceled);
        Assert.Equal("still here", Text(read.Buffer));
    }

    [Fact]
    public async Task A_full_socket_takes_bytes_again_when_the_peer_has_read()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();
        var output = new PolledOutput(polled);
        var data = new byte[64 * 1024];

        var sent = 0L;
        for (int taken; (taken = output.TrySend(data)) > 0;)
            sent += taken;
        var waiting = output.SendWhenReadyAsync(data).AsTask();
        Assert.False(waiting.IsCompleted);

        var buffer = new byte[1024 * 1024];
        for (var received = 0L; received < sent;)
            received += await client.ReceiveAsync(buffer, Cancelled);
        Assert.InRange(await waiting, 0, data.Length);
    }

    [Fact]
    public async Task Nothing_is_sent_once_the_connection_is_closed()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();
        var output = new PolledOutput(polled);

        polled.Dispose();
        Assert.Equal(-1, output.TrySend("late"u8));
        output.Abort();
        Assert.Equal(-1, await output.SendWhenReadyAsync(new byte[1]));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancelled));
    }

    [Fact]
    public async Task Cutting_off_ends_the_reader()
    {
        await using var pair = new PolledPair();
        var (polled, _) = await pair.ConnectAsync();

        var waiting = polled.ReadAsync(Cancelled).AsTask();
        polled.Abort();
        Assert.True((await waiting).IsCompleted);
    }

    [Fact]
    public async Task Everything_arrives_in_order_however_it_is_cut()
    {
        await using var pair = new PolledPair();
        var random = new Random(7);
        var echoes = new List<Task>();
        for (var connection = 0; connection < 20; connection++)
        {
            var (polled, client) = await pair.ConnectAsync();
            var data = new byte[200_000];
            random.NextBytes(data);
            echoes.Add(EchoAsync(polled, new Random(connection)));
            echoes.Add(SendInPiecesAsync(client, data, new Random(connection)));
            echoes.Add(ExpectAsync(client, data));
        }

        await Task.WhenAll(echoes);
    }

    [Fact]
    public async Task A_reader_that_leaves_too_much_loses_its_connection_and_nobody_else_does()
    {
        await using var pair = new PolledPair();
        var (greedy, client) = await pair.ConnectAsync();
        var (other, witness) = await pair.ConnectAsync();

        await SendAsync(client, new string('x', Poller.BufferSize));
        ReadResult read;
        while ((read = await greedy.ReadAsync(Cancelled)).Buffer.Length <= Poller.BufferSize / 2)
            greedy.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        greedy.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var waiting = greedy.ReadAsync(Cancelled).AsTask();
        await SendAsync(client, "more");

        Assert.True((await waiting).IsCompleted);
        await SendAsync(witness, "served");
        Assert.Equal("served", Text((await other.ReadAsync(Cancelled)).Buffer));
    }

    [Fact]
    public async Task An_owner_that_fails_is_told_once_and_asked_to_give_up()
    {
        await using var pair = new PolledPair();
        var (polled, client) = await pair.ConnectAsync();
        var failing = new FailingOwner(pair.Poller, polled);
        pair.Poller.Own(polled.Descriptor.Number, failing);

        await SendAsync(client, "x");
        await failing.GivenUp.WaitAsync(Cancelled);
        var (other, witness) = await pair.ConnectAsync();
        await SendAsync(witness, "served");
        Assert.Equal("served", Text((await other.ReadAsync(Cancelled)).Buffer));
        Assert.Equal(1, failing.Told);
    }

    private sealed class FailingOwner(Poller poller, PolledSocket polled) : IPollable
    {
        private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task GivenUp => _givenUp.Task;

        public int Told { get; private set; }

        void IPollable.OnReady()
        {
            Told++;
            throw new InvalidOperationException("a bug");
        }

        void IPollable.GiveUp()
        {
            poller.Own(polled.Descriptor.Number, polled);
            _givenUp.SetResult();
        }
    }

    // Consumes as it likes, sometimes only after something else has happened.
    private static async Task EchoAsync(PolledSocket polled, Random random)
    {
        var output = new PolledOutput(polled);
        while (await polled.ReadAsync(Cancelled) is { IsCompleted: false } read)
        {
            var count = read.Buffer.Length < 4 ? read.Buffer.Length : random.NextInt64(read.Buffer.Length / 2, read.Buffer.Length + 1);
            var bytes = read.Buffer.Slice(0, count);
            if (random.Next(4) == 0)
                await Task.Yield();
            ReadOnlyMemory<byte> rest = bytes.ToArray();
            while (!rest.IsEmpty)
            {
                var sent = output.TrySend(rest.Span);
                rest = rest[(sent > 0 ? sent : await output.SendWhenReadyAsync(rest))..];
            }

            // Examined in full only if nothing is left, or it would wait for bytes that may never come.
            polled.AdvanceTo(bytes.End);
        }
    }

    private static async Task SendInPiecesAsync(Socket client, byte[] data, Random random)
    {
        for (var sent = 0; sent < data.Length;)
            sent += await client.SendAsync(data.AsMemory(sent, Math.Min(random.Next(1, 9000), data.Length - sent)), Cancelled);
    }

    private static async Task ExpectAsync(Socket client, byte[] data)
    {
        var received = new byte[data.Length];
        for (var count = 0; count < data.Length;)
            count += await client.ReceiveAsync(received.AsMemory(count), Cancelled);
        Assert.Equal(data, received);
        client.Shutdown(SocketShutdown.Send);
    }

    private static async Task SendAsync(Socket client, string text) => await client.SendAsync(Encoding.ASCII.GetBytes(text), Cancelled);

    private static string Text(in ReadOnlySequence<byte> buffer) => Encoding.ASCII.GetString(buffer);
}
