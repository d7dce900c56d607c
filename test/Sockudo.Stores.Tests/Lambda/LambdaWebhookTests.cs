using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sockudo.Specification;
using Sockudo.Specification.Backends;
using Sockudo.Tests.Processes;
using Xunit;

namespace Sockudo.Stores.Tests.Lambda;

/// <summary>Webhooks to AWS Lambda (webhooks.md 6), whose signature is computed here once more, from the description of Signature Version 4.</summary>
public sealed class LambdaWebhookTests : IAsyncDisposable
{
    private const string Secret = "the/secret+key";

    private static readonly TestApp App = new("hooked");

    private readonly WebhookReceiver _receiver = new();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Theory]
    [InlineData("""{"lambda":{"function_name":"notify:live","region":"eu-west-1"}""", "notify%3Alive", "eu-west-1", null)]
    [InlineData("""{"lambda_function":"arn:aws:lambda:us-east-1:123456789012:function:notify" """, "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Anotify", "us-east-1", "a token")]
    public async Task A_function_is_invoked_with_the_body_and_a_valid_signature(string target, string function, string region, string? token)
    {
        var attempts = 0;
        _receiver.Answer = (_, response) =>
        {
            // Only 202 is a success; what is throttled is tried again.
            response.StatusCode = Interlocked.Increment(ref attempts) switch { 1 => 429, 2 => 200, _ => 202 };
            return Task.CompletedTask;
        };
        var environment = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "AKID",
            ["AWS_SECRET_ACCESS_KEY"] = Secret,
            ["AWS_SESSION_TOKEN"] = token ?? "",
            ["AWS_ENDPOINT_URL_LAMBDA"] = new Uri(_receiver.Url).GetLeftPart(UriPartial.Authority),
        };
        var entry = $$"""{{target.TrimEnd()}},"event_types":["channel_occupied"]}""";
        var app = $$"""[{"id":"{{App.Id}}","key":"{{App.Key}}","secret":"{{App.Secret}}","webhooks":[{{entry}}]}]""";
        await using var process = await SockudoProcess.StartAsync(environment, $"app_manager.array.apps={app}", "webhooks.retry.initial_delay_ms=100");
        await using var connection = await PusherConnection.ConnectAsync(new ServerUnderTest(process.Address), App);
        await connection.SubscribeAsync("a");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var request = _receiver.Next();
            Assert.Equal($"/2015-03-31/functions/{function}/invocations", request.Path);
            Assert.Equal(["""{"name":"channel_occupied","channel":"a"}"""], request.Events);
            Assert.Equal(("Event", "application/json"), (request.Headers["X-Amz-Invocation-Type"], request.Headers["Content-Type"]));
            Assert.False(request.Headers.ContainsKey("X-Pusher-Key") || request.Headers.ContainsKey("X-Pusher-Signature"));
            Assert.Equal(token, request.Headers.GetValueOrDefault("X-Amz-Security-Token") is { Length: > 0 } sent ? sent : null);
            Verify(request, region);
        }

        _receiver.ExpectNothing(TimeSpan.FromSeconds(1));
    }

    private static void Verify(WebhookRequest request, string region)
    {
        var headers = request.Headers.ToDictionary(static header => header.Key.ToLowerInvariant(), static header => header.Value, StringComparer.Ordinal);
        var authorization = headers["authorization"]["AWS4-HMAC-SHA256 ".Length..].Split(", ").Select(static part => part.Split('=', 2)).ToDictionary(static part => part[0], static part => part[1]);
        var date = headers["x-amz-date"];
        var scope = $"{date[..8]}/{region}/lambda/aws4_request";
        Assert.Equal($"AKID/{scope}", authorization["Credential"]);
        var age = TimeProvider.System.GetUtcNow() - DateTimeOffset.ParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(age.TotalSeconds, -60, 60);
        var signed = authorization["SignedHeaders"].Split(';');
        Assert.Contains("host", signed);
        // The path is encoded once more.
        var canonical = string.Join(
            '\n', "POST", string.Join('/', request.Path.Split('/').Select(Uri.EscapeDataString)), "", string.Join("", signed.Select(name => $"{name}:{headers[name].Trim()}\n")), string.Join(';', signed),
            Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body))));
        var text = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        Assert.Equal(Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))), authorization["Signature"]);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
