namespace Sockudo.Configuration;

/// <summary>A value as it was written in some source, not yet understood: a scalar, a list or an object.</summary>
/// <param name="Source">Where it stands.</param>
internal abstract record ConfigNode(ValueSource Source)
{
    /// <summary>The value as a message shows it.</summary>
    public abstract string Display { get; }
}
