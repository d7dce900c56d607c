using System.Globalization;
using Amazon.SQS.Model;
using Sockudo.Server.Webhooks;

namespace Sockudo.Aws;

/// <summary>A job that was given up, as a message of SQS: its body is the job's, its attributes say why.</summary>
internal static class SqsDeadLetter
{
    /// <summary>What is said of the job beside its text.</summary>
    public static Dictionary<string, MessageAttributeValue> Attributes(string reason, int attempts, int? lastStatus) => new()
    {
        ["reason"] = Attribute(reason),
        ["attempts"] = Attribute(attempts),
        ["last_status"] = Attribute(lastStatus?.ToString(CultureInfo.InvariantCulture) ?? "none"),
    };

    /// <summary>Reads a message, which anybody may have put there.</summary>
    public static DeadLetter Read(Message message)
    {
        var job = WebhookJobText.TryRead(message.Body, out _) ?? new WebhookJob(message.MessageId, "", "", "", 0, "{}");
        return new DeadLetter(job, TextOf("reason") ?? "", int.TryParse(TextOf("attempts"), out var attempts) ? attempts : 0, int.TryParse(TextOf("last_status"), out var status) ? status : null);

        string? TextOf(string name) => message.MessageAttributes is { } attributes && attributes.TryGetValue(name, out var value) ? value.StringValue : null;
    }

    private static MessageAttributeValue Attribute(object value) => new() { DataType = "String", StringValue = string.Create(CultureInfo.InvariantCulture, $"{value}") };
}
