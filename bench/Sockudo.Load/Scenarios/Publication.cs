using Sockudo.Load.Engine;

namespace Sockudo.Load.Scenarios;

/// <summary>The events of one channel: a request that is stamped and signed again for every message.</summary>
internal sealed class Publication
{
    private readonly SignedRequest _request;
    private readonly int _stamp;
    private long _sequence;

    public Publication(LoadTarget target, string channel, int payloadBytes)
    {
        _request = new SignedRequest(target, "events", $"{{\"name\":\"load\",\"channels\":[\"{channel}\"],\"data\":\"{MessageStamp.Template(payloadBytes)}\"}}");
        _stamp = MessageStamp.IndexIn(_request.Body);
    }

    /// <summary>The next message as a request, valid until the next call.</summary>
    /// <param name="due">When it was to leave, for its latency.</param>
    public ReadOnlySpan<byte> Next(long due)
    {
        MessageStamp.Write(_request.Body[_stamp..], _sequence++, due);
        _request.Sign();
        return _request.Bytes;
    }
}
