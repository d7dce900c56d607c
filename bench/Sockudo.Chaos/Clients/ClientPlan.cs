using System.Globalization;

namespace Sockudo.Chaos.Clients;

/// <summary>Who a client is, and where it wants to be whenever it is here.</summary>
/// <param name="User">Its user; some have two connections.</param>
/// <param name="News">A public channel that is published on over HTTP.</param>
/// <param name="Room">A presence channel with some forty others.</param>
/// <param name="Talk">A private channel with client events; null = none.</param>
/// <param name="Nook">A presence channel of its own, which is vacated when it leaves; null = none.</param>
internal sealed record ClientPlan(string User, string News, string Room, string? Talk, string? Nook)
{
    private const int PerNews = 100;
    private const int PerRoom = 40;

    /// <summary>All its channels.</summary>
    public IReadOnlyList<string> Channels { get; } = [.. new[] { News, Room, Talk, Nook }.OfType<string>()];

    /// <summary>The plans of a crowd.</summary>
    public static IReadOnlyList<ClientPlan> For(int clients)
    {
        var (rooms, news, talks) = (Math.Max(4, clients / PerRoom), Math.Max(4, clients / PerNews), Math.Max(2, clients / PerNews));
        return [.. Enumerable.Range(0, clients).Select(i => new ClientPlan(
            Text($"user-{(i / rooms % 8 == 1 ? i - rooms : i)}"), Text($"news-{i % news}"), Text($"presence-room-{i % rooms}"),
            i % 10 == 3 ? Text($"private-talk-{i / 10 % talks}") : null, i % 20 == 7 ? Text($"presence-nook-{i}") : null))];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
