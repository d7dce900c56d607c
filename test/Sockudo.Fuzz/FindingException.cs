namespace Sockudo.Fuzz;

/// <summary>An input on which a target does not do what it should.</summary>
public sealed class FindingException(string message) : Exception(message);
