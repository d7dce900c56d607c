using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Sockudo.Protocol.WebSockets;
using Sockudo.Server.Hosting;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// <see cref="UpgradeRequest"/>: what it accepts is the same request to Kestrel's parser, which reads all others; two readings of one request are how requests are smuggled. No part of a head
/// is a head.
/// </summary>
internal static class HandshakeTarget
{
    private static readonly string[] Joined = ["Sec-WebSocket-Protocol", "X-Forwarded-For", "X-Forwarded-Proto"];

    public static void Check(byte[] input)
    {
        if (UpgradeRequest.TryParse(input) is not { } request)
            return;
        Finding.Unless(UpgradeRequest.TryParse(input.AsSpan(..^1)) is null, "a part of the head is taken for the whole");
        Finding.UnlessSame(28, UpgradeRequest.AcceptFor(request.Key).Length, "length of Sec-WebSocket-Accept");
        if (ConnectTarget.TryParse(request.Target, "", out var target))
            Finding.Unless(target.Key.Length > 0 && request.Target.StartsWith("/app/", StringComparison.Ordinal), "a target without a key");

        var kestrel = KestrelRequest.Parse(input);
        Finding.UnlessSame(kestrel.Target, request.Target, "target");
        Finding.UnlessSame(kestrel.Find("Sec-WebSocket-Key"), request.Key, "Sec-WebSocket-Key");
        Finding.UnlessSame(kestrel.Find("Origin"), request.Origin, "Origin");
        Finding.UnlessSame(kestrel.Find("X-Real-IP"), request.RealIp, "X-Real-IP");
        foreach (var (name, value) in Joined.Zip([request.Protocols, request.ForwardedFor, request.ForwardedProto]))
            Finding.UnlessSame(kestrel.Find(name), value, name);
        Finding.Unless(kestrel.Find("Host") is { Length: > 0 } && kestrel.Find("Sec-WebSocket-Version") == "13", "no upgrade");
        Finding.Unless(kestrel.Find("Transfer-Encoding") is null && kestrel.Find("Content-Length") is null or "0", "an upgrade with a body");
    }

    private sealed class KestrelRequest : IHttpRequestLineHandler, IHttpHeadersHandler
    {
        private readonly List<(string Name, string Value)> _headers = [];

        public string Target { get; private set; } = "";

        public static KestrelRequest Parse(byte[] head)
        {
            var request = new KestrelRequest();
            var parser = new HttpParser<KestrelRequest>(showErrorDetails: true);
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(head));
            Finding.Unless(parser.ParseRequestLine(request, ref reader) && parser.ParseHeaders(request, ref reader) && reader.End, "Kestrel wants more than the head");
            return request;
        }

        public string? Find(string name)
        {
            var values = _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value).ToList();
            return values.Count == 0 ? null : string.Join(", ", values);
        }

        public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
        {
            Finding.Unless(versionAndMethod is { Method: Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod.Get, Version: Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion.Http11 }, "not GET and HTTP/1.1");
            Target = Encoding.Latin1.GetString(startLine[targetPath.Offset..]);
        }

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _headers.Add((Encoding.Latin1.GetString(name), Encoding.Latin1.GetString(value)));

        public void OnHeadersComplete(bool endStream)
        {
        }

        public void OnStaticIndexedHeader(int index) => throw new FindingException("an indexed header");

        public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new FindingException("an indexed header");
    }
}
