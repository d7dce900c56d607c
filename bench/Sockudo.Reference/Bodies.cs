namespace Sockudo.Reference;

/// <summary>Bodies of requests and answers.</summary>
internal static class Bodies
{
    private static readonly byte[] Empty = "{}"u8.ToArray();

    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var body = new byte[(int)request.ContentLength!];
        await request.Body.ReadExactlyAsync(body, request.HttpContext.RequestAborted).ConfigureAwait(false);
        return body;
    }

    /// <summary>Answers <c>{}</c>.</summary>
    public static async Task AnswerAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.ContentLength = Empty.Length;
        await response.Body.WriteAsync(Empty).ConfigureAwait(false);
    }
}
