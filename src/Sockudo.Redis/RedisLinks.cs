namespace Sockudo.Redis;

/// <summary>The links that there are, and which of them carries what. Does not change: a change is another one of these.</summary>
internal sealed class RedisLinks
{
    public static readonly RedisLinks None = new([], [], 1);

    // One entry per slot of the cluster; a single entry outside of one.
    private readonly RedisLink?[] _bySlot;
    private readonly int _wanted;

    private RedisLinks(RedisLink[] all, RedisLink?[] bySlot, int wanted)
    {
        All = all;
        _bySlot = bySlot;
        _wanted = wanted;
    }

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<RedisLink> All { get; }

    /// <summary>There is one to every master, and all of them work.</summary>
    public bool AreUp
    {
        get
        {
            if (All.Count < _wanted)
                return false;
            foreach (var link in All)
            {
                if (!link.IsUp)
                    return false;
            }

            return true;
        }
    }

    /// <summary>The link of a slot; null without a working one.</summary>
    public RedisLink? Of(ushort slot) => slot < _bySlot.Length && _bySlot[slot] is { IsUp: true } link ? link : null;

    /// <summary>Every slot has the same link.</summary>
    public bool IsLike(RedisLinks other) => _bySlot.AsSpan().SequenceEqual(other._bySlot);

    /// <summary>Without one that has ended.</summary>
    public RedisLinks Without(RedisLink ended) =>
        new([.. All.Where(link => link != ended)], [.. _bySlot.Select(link => link == ended ? null : link)], _wanted);

    /// <summary>With new ones, to masters of which it is known what they serve.</summary>
    public RedisLinks With(IEnumerable<RedisLink> opened, IReadOnlyList<RedisMaster> masters)
    {
        var all = All.Concat(opened).ToArray();
        if (masters is [{ Slots: [] } only])
            return new RedisLinks(all, [all.FirstOrDefault(link => link.Address == only.Address)], 1);
        var bySlot = new RedisLink?[HashSlot.Count];
        foreach (var master in masters)
        {
            if (all.FirstOrDefault(link => link.Address == master.Address) is not { } link)
                continue;
            foreach (var (first, last) in master.Slots)
                bySlot.AsSpan(first..(last + 1)).Fill(link);
        }

        return new RedisLinks(all, bySlot, masters.Count);
    }
}
