using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockudo.Server.Http;

/// <summary>An answer of the main listener: a status, and a body that is JSON unless said otherwise (G-1, G-2).</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record ApiResponse(int Status, ReadOnlyMemory<byte> Body)
{
    // HTML-escaping would only make texts longer (F-9).
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"ok":true}</c> (T-6, U-17).</summary>
    public static ApiResponse Ok { get; } = new(200, """{"ok":true}"""u8.ToArray());

    /// <summary><c>{}</c></summary>
    public static ApiResponse EmptyObject { get; } = new(200, "{}"u8.ToArray());

    /// <summary>G-2: internal errors tell no details.</summary>
    public static ApiResponse InternalError { get; } = Error(500, "Internal server error");

    /// <summary>storage.md 4.4: the rate limiter's backend is away, and <c>fail_open</c> is false.</summary>
    public static ApiResponse LimiterUnavailable { get; } = Error(503, "Rate limiter temporarily unavailable");

    public string ContentType { get; init; } = "application/json";

    /// <summary>Headers beyond the content type.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Ends the connection after this answer, because the rest of the request was not read.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>G-2: <c>{"error":"…"}</c></summary>
    public static ApiResponse Error(int status, string message) => Json(status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, message);
        writer.WriteEndObject();
    });

    /// <summary>A JSON body.</summary>
    public static ApiResponse Json(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            write(writer);
        return new ApiResponse(status, buffer.WrittenMemory);
    }
}
