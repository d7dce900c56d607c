namespace Sockudo.Configuration;

/// <summary>A list.</summary>
/// <param name="Items">Its items, <c>null</c> ones left out.</param>
/// <param name="Source">Where it stands.</param>
internal sealed record ConfigArray(IReadOnlyList<ConfigNode> Items, ValueSource Source) : ConfigNode(Source)
{
    public override string Display => $"[{string.Join(", ", Items.Select(static item => item.Display))}]";
}
