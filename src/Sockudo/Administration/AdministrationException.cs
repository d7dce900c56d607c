namespace Sockudo.Administration;

/// <summary>What was asked for cannot be done.</summary>
/// <param name="messages">Why, one line each.</param>
internal sealed class AdministrationException(params IReadOnlyList<string> messages) : Exception(string.Join('\n', messages))
{
    /// <summary>Why, one line each.</summary>
    public IReadOnlyList<string> Messages => messages;
}
