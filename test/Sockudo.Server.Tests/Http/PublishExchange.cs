using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sockudo.Protocol.Signatures;

namespace Sockudo.Server.Tests.Http;

/// <summary>
/// A signed <c>POST events</c> as a web server would hand it over, without the web server: the same request again and again, its
/// answer forgotten. It allocates nothing itself, so that what a publish allocates is the server's.
/// </summary>
internal sealed class PublishExchange : IHttpRequestFeature, IHttpResponseFeature, IRequestBodyPipeFeature, IHttpRequestBodyDetectionFeature
{
    private readonly WholeBody _body;
    private readonly ForgottenAnswer _answer = new();
    private readonly HeaderDictionary _requestHeaders = [];
    private readonly HeaderDictionary _responseHeaders = [];

    public PublishExchange(string appId, string key, string secret, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
#pragma warning disable CA5351 // The protocol's own.
        var md5 = Convert.ToHexStringLower(MD5.HashData(body));
#pragma warning restore CA5351
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var query = $"auth_key={key}&auth_timestamp={now}&auth_version=1.0&body_md5={md5}";
        var signature = Signature.Compute(secret, Encoding.UTF8.GetBytes($"POST\n/apps/{appId}/events\n{query}"));
        RawTarget = $"/apps/{appId}/events?{query}&auth_signature={signature}";
        _body = new WholeBody(body);
        _requestHeaders.ContentLength = body.Length;
        _requestHeaders["Content-Type"] = "application/json";
        _requestHeaders["Host"] = "localhost";

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(this);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_answer);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        Context = new DefaultHttpContext(features);
    }

    public HttpContext Context { get; }

    public string RawTarget { get; set; }

    public int StatusCode { get; set; }

    /// <summary>Bytes of the last answer's body.</summary>
    public int AnswerLength => _answer.Length;

    PipeReader IRequestBodyPipeFeature.Reader => _body;

    bool IHttpRequestBodyDetectionFeature.CanHaveBody => true;

    string IHttpRequestFeature.Protocol { get; set; } = "HTTP/1.1";

    string IHttpRequestFeature.Scheme { get; set; } = "http";

    string IHttpRequestFeature.Method { get; set; } = "POST";

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path { get; set; } = "";

    string IHttpRequestFeature.QueryString { get; set; } = "";

    IHeaderDictionary IHttpRequestFeature.Headers { get => _requestHeaders; set => throw new NotSupportedException(); }

    Stream IHttpRequestFeature.Body { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    IHeaderDictionary IHttpResponseFeature.Headers { get => _responseHeaders; set => throw new NotSupportedException(); }

    Stream IHttpResponseFeature.Body { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    bool IHttpResponseFeature.HasStarted => false;

    /// <summary>Makes the same request once more.</summary>
    public void Restart()
    {
        StatusCode = 0;
        _answer.Length = 0;
        _responseHeaders.Clear();
    }

    void IHttpResponseFeature.OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    void IHttpResponseFeature.OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    private sealed class WholeBody(byte[] bytes) : PipeReader
    {
        private readonly ReadOnlySequence<byte> _sequence = new(bytes);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(_sequence, isCanceled: false, isCompleted: true));

        public override bool TryRead(out ReadResult result)
        {
            result = new ReadResult(_sequence, isCanceled: false, isCompleted: true);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
            // The same bytes again next time.
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            // The same bytes again next time.
        }

        public override void CancelPendingRead() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
            // Nothing is held.
        }
    }

    private sealed class ForgottenAnswer : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] _buffer = new byte[4096];

        public int Length { get; set; }

        public Stream Stream => throw new NotSupportedException();

        public PipeWriter Writer => this;

        public override void Advance(int bytes) => Length += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Length += source.Length;
            return default;
        }

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
            // Nothing is held.
        }

        public void DisableBuffering() => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
