using System.Diagnostics;
using System.Globalization;
using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>
/// Requests that are signed before they are needed and used over and over, so that the generator's hashes are not what is measured.
/// Their events are numbered from 0 to <see cref="Events"/> - 1. All have the same length and stand one behind the other.
/// </summary>
internal sealed class SignedRequests
{
    private const int Count = 2048;

    // Half of the 600 seconds for which the server accepts a timestamp.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    private readonly LoadTarget _target;
    private readonly string _channel;
    private readonly PublishShape _shape;
    private byte[] _bytes = [];
    private long _signed;
    private int _next;

    public SignedRequests(LoadTarget target, string channel, PublishShape shape)
    {
        (_target, _channel, _shape) = (target, channel, shape);
        Sign();
    }

    /// <summary>Numbers of events before they begin again.</summary>
    public int Events => Count * _shape.Batch;

    private int RequestLength => _bytes.Length / Count;

    /// <summary>The next requests, at most so many, as they are sent.</summary>
    public ReadOnlySpan<byte> Take(int atMost, out int count)
    {
        if (_next == 0 && Stopwatch.GetElapsedTime(_signed) > Lifetime)
            Sign();
        count = Math.Min(atMost, Count - _next);
        var requests = _bytes.AsSpan(_next * RequestLength, count * RequestLength);
        _next = (_next + count) % Count;
        return requests;
    }

    private void Sign()
    {
        var requests = Enumerable.Range(0, Count).Select(Request).ToList();
        _bytes = [.. requests.SelectMany(static request => request.Bytes.ToArray())];
        _signed = Stopwatch.GetTimestamp();
    }

    private SignedRequest Request(int index)
    {
        if (_shape.Batch == 1)
            return new SignedRequest(_target, "events", $"{{\"name\":\"load\",\"channels\":[\"{_channel}\"],\"data\":\"{Data(index)}\"}}");
        var events = Enumerable.Range(index * _shape.Batch, _shape.Batch)
            .Select(number => $"{{\"name\":\"load\",\"channel\":\"{_channel}\",\"data\":\"{Data(number)}\"}}");
        return new SignedRequest(_target, "batch_events", $"{{\"batch\":[{string.Join(',', events)}]}}");
    }

    private string Data(int number) =>
        number.ToString("D10", CultureInfo.InvariantCulture) + MessageStamp.Template(_shape.PayloadBytes)[10..];
}
