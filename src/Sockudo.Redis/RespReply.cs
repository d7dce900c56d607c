namespace Sockudo.Redis;

/// <summary>An answer of the server to a command.</summary>
/// <param name="Kind">The sign that it began with on the wire: <c>-</c> is an error, <c>:</c> an integer, <c>_</c> nothing.</param>
/// <param name="Integer">Value of an integer.</param>
/// <param name="Text">Content of anything but a list.</param>
/// <param name="Items">Content of a list; of a map keys and values in turn.</param>
internal readonly record struct RespReply(char Kind, long Integer, string? Text, IReadOnlyList<RespReply> Items)
{
    public bool IsError => Kind == '-';

    /// <summary>Value of a key of a map; null without it.</summary>
    public string? this[string key]
    {
        get
        {
            for (var i = 0; i + 1 < Items.Count; i += 2)
            {
                if (Items[i].Text == key)
                    return Items[i + 1].Text;
            }

            return null;
        }
    }
}
