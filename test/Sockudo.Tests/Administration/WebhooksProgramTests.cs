using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sockudo.Administration;
using Sockudo.Server.Options;
using Sockudo.Server.Webhooks;
using Sockudo.Specification.Backends;
using Sockudo.Sql;
using Xunit;

namespace Sockudo.Tests.Administration;

/// <summary>What <c>sockudo webhooks</c> prints.</summary>
public sealed class WebhooksProgramTests : IDisposable
{
    private readonly string _directory = FastDirectory.Create("sockudo-webhooks-");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_that_came_from_outside_gives_commands_to_the_terminal(bool isJson)
    {
        const string Evil = "\e[31mEVIL\a\u009b2J\u202e\u2028\r\n";
        var body = $$"""{"time_ms":1,"events":[{"name":"client_event","channel":"a","data":"\u009b2J {{"\u009b"}}2J \ud800 é\n"}]}""";
        var output = await ListAsync(new DeadLetter(new WebhookJob("id" + Evil, "app" + Evil, "webhook" + Evil, "lane", 0, body), "reason" + Evil, 1, null), isJson);
        Assert.Contains("EVIL", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.ReplaceLineEndings(""), char.IsControl);
        if (isJson)
        {
            var letter = JsonDocument.Parse(output).RootElement[0];
            Assert.Equal("reason" + Evil, letter.GetProperty("reason").GetString());
            Assert.Equal(body.Replace("\u009b", "\\u009b", StringComparison.Ordinal), letter.GetProperty("body").GetRawText());
        }
        else
        {
            Assert.Single(output.TrimEnd().Split('\n'));
            Assert.DoesNotContain(output, static c => c is '\u202e' or '\u2028');
        }
    }

    private async Task<string> ListAsync(DeadLetter letter, bool isJson)
    {
        var options = new SockudoOptions
        {
            Queue = new QueueOptions { Driver = QueueDriver.Sqlite },
            Database = new DatabaseOptions { Sqlite = new DatabaseSqliteOptions { Path = Path.Combine(_directory, "queue.db") } },
        };
        await using (var queue = new SqliteWebhookQueue(options.Database.Sqlite.Path, options.Queue, TimeProvider.System, NullLogger.Instance))
        {
            queue.Open();
            await queue.EnqueueAsync([letter.Job], default);
            await queue.DeadLetterAsync((await queue.LeaseAsync(1, new HashSet<string>(), default))[0], letter, default);
        }

        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        Assert.Equal(0, await WebhooksProgram.RunAsync(new WebhooksRequest(WebhooksVerb.List, null, isJson), options, output, errors));
        return output.ToString();
    }
}
