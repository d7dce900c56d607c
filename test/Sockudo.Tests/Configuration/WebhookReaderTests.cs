using Sockudo.Server.Webhooks;
using Xunit;

namespace Sockudo.Tests.Configuration;

/// <summary>webhooks.md 1.</summary>
public sealed class WebhookReaderTests : ConfigurationTest
{
    [Fact]
    public void Every_field_is_read()
    {
        Configure("""
            {"url":"https://user:pass@x.example/hook","event_types":["member_added","cache_miss"],
             "filter":{"channel_prefix":"presence-","channel_suffix":"-eu","channel_pattern":"room"},"headers":{"X-B":"2","X-A":"1"}},
            {"lambda":{"function_name":"f:live","region":"eu-central-1"},"event_types":["client_event"]},
            {"lambda_function":"g","event_types":["client_event"]}
            """);
        var result = Load();
        Assert.Empty(result.Errors);
        var (http, lambda, shortForm) = (result.Options.AppManager.Array.Apps[0].Webhooks[0], result.Options.AppManager.Array.Apps[0].Webhooks[1], result.Options.AppManager.Array.Apps[0].Webhooks[2]);
        Assert.Equal("https://user:pass@x.example/hook", http.Url!.OriginalString);
        Assert.Equal([WebhookEventType.MemberAdded, WebhookEventType.CacheMiss], http.EventTypes);
        Assert.True(http.Wants(WebhookEventType.CacheMiss, "presence-a-room-eu"));
        Assert.False(http.Wants(WebhookEventType.CacheMiss, "presence-a-eu"));
        Assert.Equal(("1", "2"), (http.Headers["x-a"], http.Headers["x-b"]));
        Assert.Equal(("f:live", "eu-central-1"), (lambda.Lambda!.FunctionName, lambda.Lambda.Region));
        Assert.Equal(("g", "us-east-1"), (shortForm.Lambda!.FunctionName, shortForm.Lambda.Region));
    }

    [Theory]
    [InlineData("""{"event_types":["cache_miss"]}""", "there is no target")]
    [InlineData("""{"url":"/relative","event_types":["cache_miss"]}""", "absolute http or https URL")]
    [InlineData("""{"lambda":"f","event_types":["cache_miss"]}""", "function_name and region")]
    [InlineData("""{"lambda":{"function_name":"f"},"event_types":["cache_miss"]}""", "function_name and region")]
    [InlineData("""{"lambda_function":["f"],"event_types":["cache_miss"]}""", "lambda_function")]
    [InlineData("""{"url":"http://x"}""", "event_types is missing, empty or no list")]
    [InlineData("""{"url":"http://x","event_types":"cache_miss"}""", "event_types is missing, empty or no list")]
    [InlineData("""{"url":"http://x","event_types":["cache_mis"]}""", "did you mean \"cache_miss\"?")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":"a"}""", "filter = \"a\"")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_prefix":["a"]}}""", "channel_prefix = [\"a\"]")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_suffix":{}}}""", "channel_suffix")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_pattern":"("}}""", "no regular expression without backtracking")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_pattern":"(?=a)"}}""", "no regular expression without backtracking")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"HOST":"a"}}""", "set by the server")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"transfer-encoding":"x"}}""", "set by the server")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"X-A":[]}}""", "must be a string")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"X-A":"1\r\nX-Pusher-Key: other"}}""", "must be printable ASCII in one line")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"X-A":"1\n\nGET / HTTP/1.1"}}""", "must be printable ASCII in one line")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"X-A":"ü"}}""", "must be printable ASCII in one line")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"X-A: 1\r\nX-B":"2"}}""", "is no name of a header")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"headers":{"":"2"}}""", "is no name of a header")]
    [InlineData("""{"lambda":{"function_name":"f","region":"x.evil.example/#"},"event_types":["cache_miss"]}""", "must be the name of a region")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"]},{"url":"http://x","event_types":["cache_miss"]}""", "equal in every field")]
    public void A_wrong_entry_is_an_error(string entries, string problem)
    {
        Configure(entries);
        Assert.Contains(problem, Assert.Single(Load().Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url":"http://x","lambda_function":"f","event_types":["cache_miss"]}""", "has several targets; url is used")]
    [InlineData("""{"lambda":{"function_name":"f","region":"r"},"lambda_function":"g","event_types":["cache_miss"]}""", "has several targets; lambda is used")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filtr":{}}""", "webhooks[0].filtr\" (config/config.json:1) is ignored; did you mean \"filter\"?")]
    [InlineData("""{"url":"http://x","event_types":["cache_miss"],"filter":{"channel_prefx":"a"}}""", "webhooks[0].filter.channel_prefx\" (config/config.json:1) is ignored; did you mean \"channel_prefix\"?")]
    [InlineData("""{"lambda":{"function_name":"f","region":"r","regoin":"s"},"event_types":["cache_miss"]}""", "webhooks[0].lambda.regoin\" (config/config.json:1) is ignored; did you mean \"region\"?")]
    public void A_doubtful_entry_is_a_warning(string entries, string warning)
    {
        Configure(entries);
        var result = Load();
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, line => line.Contains(warning, StringComparison.Ordinal));
    }

    private void Configure(string entries) => Write(
        "config/config.json", """{"app_manager":{"array":{"apps":[{"id":"a","key":"k","secret":"s","webhooks":[""" + entries + "]}]}}}");
}
