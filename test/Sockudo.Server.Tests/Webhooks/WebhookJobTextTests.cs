using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Server.Tests.Webhooks;

public sealed class WebhookJobTextTests
{
    private static readonly WebhookJob Job = new("j", "a", "w", "l", 5, """{"time_ms":5,"events":[{"channel":"é \"x\""}]}""");

    [Fact]
    public void A_job_comes_back_as_it_was_written() => Assert.Equal(Job, WebhookJobText.TryRead(WebhookJobText.Write(Job), out _));

    [Theory]
    [InlineData("id")]
    [InlineData("app_id")]
    [InlineData("webhook")]
    [InlineData("lane")]
    [InlineData("created_ms")]
    [InlineData("body")]
    public void What_lacks_a_part_or_has_null_for_it_is_no_job(string part)
    {
        var job = System.Text.Json.Nodes.JsonNode.Parse(WebhookJobText.Write(Job))!;
        job[part] = null;
        Assert.Null(WebhookJobText.TryRead(job.ToJsonString(), out var isNewer));
        job.AsObject().Remove(part);
        Assert.Null(WebhookJobText.TryRead(job.ToJsonString(), out var isNewerWithout));
        Assert.False(isNewer || isNewerWithout);
    }

    [Fact]
    public void A_job_of_a_newer_version_is_left_for_newer_nodes()
    {
        Assert.Null(WebhookJobText.TryRead("""{"v":2}""", out var isNewer));
        Assert.True(isNewer);
    }
}
