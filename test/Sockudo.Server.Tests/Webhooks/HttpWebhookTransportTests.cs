using Sockudo.Server.Apps;
using Sockudo.Server.Webhooks;
using Sockudo.Specification.Backends;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

/// <summary>Requests as receivers get them.</summary>
public sealed class HttpWebhookTransportTests
{
    [Theory]
    [InlineData("Allow", "GET")]
    [InlineData("Content-Disposition", "inline")]
    [InlineData("Content-Encoding", "identity")]
    [InlineData("content-language", "en")]
    [InlineData("Content-Location", "/a")]
    [InlineData("Content-MD5", "Q2hlY2sgSW50ZWdyaXR5IQ==")]
    [InlineData("Content-Range", "bytes 0-1/2")]
    [InlineData("Expires", "never")]
    [InlineData("Last-Modified", "today")]
    [InlineData("User-Agent", "other/1")]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("ETag", "x")]
    [InlineData("X-Token", "t 1")]
    public async Task Headers_of_the_operator_are_sent_whatever_they_are_about_and_win_over_ours(string name, string value)
    {
        await using var receiver = new WebhookReceiver();
        using var transport = new HttpWebhookTransport(allowLinkLocal: false, "1");
        var webhook = new AppWebhook { Url = new Uri(receiver.Url), EventTypes = [], Headers = new Dictionary<string, string> { [name] = value } };
        var app = new App { Id = "a", Key = "k", Secret = "s", Webhooks = [webhook] };
        Assert.Equal(new WebhookAnswer(true, 200, "status 200"), await transport.SendAsync(app, webhook, "{}"u8.ToArray(), TestContext.Current.CancellationToken));
        var request = receiver.Next().Verify("s");
        Assert.Equal(value, request.Headers.Single(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
    }
}
