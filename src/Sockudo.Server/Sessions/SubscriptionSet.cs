using Sockudo.Server.Channels;

namespace Sockudo.Server.Sessions;

/// <summary>
/// The subscriptions of one connection by channel name. Most connections have a handful, for which an array is smaller and
/// as fast; from a certain number on it is a dictionary. Not thread-safe.
/// </summary>
internal struct SubscriptionSet
{
    private const int LargestArray = 8;

    private Subscription[]? _few;
    private Dictionary<string, Subscription>? _many;

    public int Count { get; private set; }

    public readonly Subscription? Find(string channel)
    {
        if (_many is not null)
            return _many.GetValueOrDefault(channel);
        for (var i = 0; i < Count; i++)
        {
            if (_few![i].Channel.Key.Name == channel)
                return _few[i];
        }

        return null;
    }

    public void Add(Subscription subscription)
    {
        if (_many is null && Count == LargestArray)
        {
            _many = _few!.ToDictionary(static entry => entry.Channel.Key.Name, StringComparer.Ordinal);
            _few = null;
        }

        if (_many is not null)
        {
            _many.Add(subscription.Channel.Key.Name, subscription);
        }
        else
        {
            if (_few is null)
                _few = new Subscription[1];
            else if (_few.Length == Count)
                Array.Resize(ref _few, Count * 2);
            _few[Count] = subscription;
        }

        Count++;
    }

    public void Remove(Subscription subscription)
    {
        Count--;
        if (_many is not null)
        {
            _many.Remove(subscription.Channel.Key.Name);
            return;
        }

        var index = Array.IndexOf(_few!, subscription);
        _few![index] = _few[Count];
        _few[Count] = null!;
    }

    /// <summary>Names of the channels, in no particular order.</summary>
    public readonly List<string> Names() =>
        _many is not null ? [.. _many.Keys] : Count == 0 ? [] : [.. _few!.Take(Count).Select(static entry => entry.Channel.Key.Name)];

    /// <summary>Takes all out.</summary>
    public IReadOnlyCollection<Subscription> Clear()
    {
        IReadOnlyCollection<Subscription> all = _many is not null ? _many.Values : Count == 0 ? [] : _few!.AsSpan(0, Count).ToArray();
        _few = null;
        _many = null;
        Count = 0;
        return all;
    }
}
