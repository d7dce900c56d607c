namespace Sockudo.Load.Scenarios;

/// <summary>
/// Who is on a presence channel according to one of its members: what it was told when it subscribed, and what it has heard since.
/// Members are called <c>m0</c>, <c>m1</c> and so on.
/// </summary>
internal sealed class Roster(int members)
{
    private readonly bool[] _isPresent = new bool[members];

    /// <summary>Members that are there.</summary>
    public int Count { get; private set; }

    /// <summary>Members added that were there already, and members removed that were not.</summary>
    public long Contradictions { get; private set; }

    /// <summary>Everybody is there.</summary>
    public bool IsComplete => Count == members;

    public static string ChannelData(int member) => $"{{\"user_id\":\"m{member}\"}}";

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_isPresent);
        Count = 0;
        Contradictions = 0;
    }

    /// <summary>Takes the members of a <c>subscription_succeeded</c>.</summary>
    public void TakeAll(ReadOnlySpan<byte> message)
    {
        Clear();
        var ids = message[message.IndexOf("ids\\\":["u8)..];
        ids = ids[..ids.IndexOf((byte)']')];
        while (ids.IndexOf("\"m"u8) is >= 0 and var at)
        {
            ids = ids[(at + 2)..];
            Set(Number(ids), true);
        }
    }

    /// <summary>Takes a <c>member_added</c>.</summary>
    public void Add(ReadOnlySpan<byte> message) => Set(MemberOf(message), true);

    /// <summary>Takes a <c>member_removed</c>.</summary>
    public void Remove(ReadOnlySpan<byte> message) => Set(MemberOf(message), false);

    private void Set(int member, bool isPresent)
    {
        if (_isPresent[member] == isPresent)
        {
            Contradictions++;
            return;
        }

        _isPresent[member] = isPresent;
        Count += isPresent ? 1 : -1;
    }

    private static int MemberOf(ReadOnlySpan<byte> message)
    {
        var id = message[(message.IndexOf("user_id"u8) + 7)..];
        return Number(id[(id.IndexOf((byte)'m') + 1)..]);
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        _ = System.Buffers.Text.Utf8Parser.TryParse(digits, out int number, out _);
        return number;
    }
}
