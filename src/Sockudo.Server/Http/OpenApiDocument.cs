namespace Sockudo.Server.Http;

/// <summary><c>GET /openapi.json</c>: what the main listener answers to, for people and programs. The document is a file beside this one; tests hold it to the routes.</summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<ApiResponse> Document = new(Load);

    /// <summary>The answer.</summary>
    public static ApiResponse Answer => Document.Value;

    private static ApiResponse Load()
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new ApiResponse(200, bytes);
    }
}
