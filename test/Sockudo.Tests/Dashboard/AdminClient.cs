using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Tests.Dashboard;

/// <summary>A client of the admin API that sends exactly the headers that it is told to.</summary>
public sealed class AdminClient(Uri address, params (string Name, string Value)[] headers) : IDisposable
{
    public const string Password = "open-sesame-42";

    public const string Token = "token-of-a-script-0123456789";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    /// <summary>Where the dashboard of a server is.</summary>
    public static async Task<Uri> AddressOfAsync(SockudoProcess server) =>
        new((await server.ExpectOutputAsync("the dashboard is at")).Split("dashboard=")[1].Split(' ')[0]);

    /// <summary>A script with the token.</summary>
    public static AdminClient Script(Uri address) => new(address, ("Authorization", $"Bearer {Token}"));

    /// <summary>A browser that has signed in, as it sends its requests.</summary>
    public static async Task<AdminClient> BrowserAsync(Uri address)
    {
        using var stranger = new AdminClient(address, ("X-Sockudo-Dashboard", "1"));
        using var answer = await stranger.SendAsync("POST", "api/v1/session", $$"""{"password":"{{Password}}"}""");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
        return new AdminClient(address, ("Cookie", cookie), ("X-Sockudo-Dashboard", "1"), ("Sec-Fetch-Site", "same-origin"), ("Origin", address.GetLeftPart(UriPartial.Authority)));
    }

    /// <summary>Sends a request; headers given here stand in for those of the same name.</summary>
    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, params (string Name, string? Value)[] other)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, path));
        foreach (var (name, value) in headers.Where(header => other.All(given => given.Name != header.Name)).Select(static header => (header.Name, (string?)header.Value)).Concat(other))
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Sends a request whose answer must have this status; its text is returned.</summary>
    public async Task<string> ExpectAsync(int status, string method, string path, string? body = null, params (string Name, string? Value)[] other)
    {
        using var answer = await SendAsync(method, path, body, other);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"expected {status}, but {method} {path} got {(int)answer.StatusCode}: {text}");
        return text;
    }

    /// <summary>A document of the API.</summary>
    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await ExpectAsync(200, "GET", "api/v1/" + path))!;

    /// <summary>Does something.</summary>
    public async Task<JsonNode> PostAsync(string path, string? body = null) => JsonNode.Parse(await ExpectAsync(200, "POST", "api/v1/" + path, body))!;

    public void Dispose() => _http.Dispose();
}
