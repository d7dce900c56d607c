using Sockudo.Redis;

namespace Sockudo.Fuzz.Targets;

/// <summary>
/// <see cref="RespReader"/>: the same answers and pushes whether all bytes are there or come one by one, and <see cref="InvalidDataException"/> for what is another protocol.
/// </summary>
internal static class RedisReplyTarget
{
    public static void Check(byte[] input)
    {
        var whole = Read(input, input.Length);
        // Every end that the bytes may have had for a moment.
        for (var length = 0; length < Math.Min(input.Length, 64); length++)
        {
            var part = Read(input, length);
            Finding.Unless(whole.StartsWith(part.TrimEnd('!'), StringComparison.Ordinal), $"the first {length} bytes give {part}, all {whole}");
        }
    }

    private static string Read(byte[] input, int length)
    {
        var answers = new System.Text.StringBuilder();
        var reader = new RespReader(input.AsSpan(0, length));
        try
        {
            while (reader.HasData)
            {
                var before = reader.Consumed;
                if (reader.IsPush)
                {
                    if (!reader.TryReadPush(out var push))
                        break;
                    answers.Append("push ").Append(Convert.ToHexString(push.Kind)).Append(' ').Append(Convert.ToHexString(push.Channel)).Append(' ').Append(Convert.ToHexString(push.Payload)).Append('\n');
                }
                else
                {
                    if (!reader.TryReadReply(out var reply))
                        break;
                    Show(reply, answers);
                    answers.Append('\n');
                }

                Finding.Unless(reader.Consumed > before, "an answer without bytes");
            }
        }
        catch (InvalidDataException)
        {
            answers.Append('!');
        }

        return answers.ToString();
    }

    private static void Show(in RespReply reply, System.Text.StringBuilder answers)
    {
        answers.Append(reply.Kind).Append(reply.Integer).Append(reply.Text).Append('(');
        foreach (var item in reply.Items)
            Show(item, answers);
        answers.Append(')');
    }
}
