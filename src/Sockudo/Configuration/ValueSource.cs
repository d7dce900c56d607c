namespace Sockudo.Configuration;

/// <summary>Where a value was written, for people: <c>config/config.json:12</c>, <c>environment PORT</c>, <c>option --port</c>.</summary>
/// <param name="Rank">Precedence: a higher source wins.</param>
/// <param name="Text">The place.</param>
internal readonly record struct ValueSource(int Rank, string Text)
{
    public static ValueSource File(string path, int line) => new(1, $"{path}:{line}");

    public static ValueSource DotEnv(string variable) => new(2, $".env {variable}");

    public static ValueSource Environment(string variable) => new(3, $"environment {variable}");

    public static ValueSource Option(string option) => new(4, $"option {option}");

    public override string ToString() => Text;
}
