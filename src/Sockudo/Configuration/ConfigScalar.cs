namespace Sockudo.Configuration;

/// <summary>A string, number or boolean.</summary>
/// <param name="Text">Its text, without quotes.</param>
/// <param name="IsString">It was written as a string (or comes from a source that knows nothing else).</param>
/// <param name="Source">Where it stands.</param>
internal sealed record ConfigScalar(string Text, bool IsString, ValueSource Source) : ConfigNode(Source)
{
    public override string Display => IsString ? $"\"{Masked.Text(Text)}\"" : Text;
}
