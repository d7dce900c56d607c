namespace Sockudo.Configuration;

/// <summary>An object. Names are matched ignoring case; <c>null</c> members are left out.</summary>
/// <param name="Members">The members in their order.</param>
/// <param name="Source">Where it stands.</param>
internal sealed record ConfigObject(IReadOnlyList<KeyValuePair<string, ConfigNode>> Members, ValueSource Source) : ConfigNode(Source)
{
    public override string Display => "{…}";

    public ConfigNode? Find(string name) =>
        Members.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
