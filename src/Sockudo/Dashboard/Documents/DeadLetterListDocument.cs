namespace Sockudo.Dashboard.Documents;

/// <summary>Webhooks that were given up, the latest first.</summary>
/// <param name="DeadLetters">The latest of them.</param>
/// <param name="HasMore">There are older ones.</param>
internal sealed record DeadLetterListDocument(IReadOnlyList<DeadLetterDocument> DeadLetters, bool HasMore);
