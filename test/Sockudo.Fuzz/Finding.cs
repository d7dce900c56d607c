namespace Sockudo.Fuzz;

/// <summary>What must hold, whatever the input is.</summary>
internal static class Finding
{
    /// <summary>Throws unless it holds.</summary>
    /// <param name="holds">What must hold.</param>
    /// <param name="message">What is wrong if it does not.</param>
    public static void Unless(bool holds, string message)
    {
        if (!holds)
            throw new FindingException(message);
    }

    /// <summary>Throws unless both are the same.</summary>
    public static void UnlessSame<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new FindingException($"{what}: expected {expected}, but was {actual}");
    }
}
