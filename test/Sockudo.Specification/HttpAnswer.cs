using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Sockudo.Specification;

/// <summary>An answer of the HTTP API.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Headers">Headers; names in lower case.</param>
/// <param name="Body">The body as text.</param>
public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Reads an answer that ended with the connection.</summary>
    public static HttpAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "the server did not answer: " + Encoding.UTF8.GetString(bytes));
        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(static line => line.Split(':', 2))
            .ToDictionary(static parts => parts[0].ToLowerInvariant(), static parts => parts[1].Trim(), StringComparer.Ordinal);
        return new HttpAnswer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(bytes.AsSpan(end + 4)));
    }

    /// <summary>The status must be this.</summary>
    public HttpAnswer Expect(int status)
    {
        Assert.True(Status == status, $"expected {status}, but got {Status}: {Body}");
        return this;
    }

    /// <summary>Status and body must be these (G-1).</summary>
    public HttpAnswer Expect(int status, string body)
    {
        Expect(status);
        Assert.Equal(body, Body);
        Assert.Equal("application/json", Headers["content-type"]);
        return this;
    }

    /// <summary>G-2: an error is <c>{"error":"…"}</c> and nothing else; the text is returned.</summary>
    public string ExpectError(int status)
    {
        Expect(status);
        Assert.Equal("application/json", Headers["content-type"]);
        var json = Json.AsObject();
        Assert.Equal(["error"], json.Select(static member => member.Key));
        return (string)json["error"]!;
    }
}
