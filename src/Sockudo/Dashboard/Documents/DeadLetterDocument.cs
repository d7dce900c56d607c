namespace Sockudo.Dashboard.Documents;

/// <summary>A webhook that was given up.</summary>
/// <param name="Id">The job.</param>
/// <param name="App">Id of the app.</param>
/// <param name="Target">Host of the target; null if it is not known any more.</param>
/// <param name="CreatedAt">When its body was made.</param>
/// <param name="Events">Names and channels of the events in it.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="LastStatus">Status of the last answer; null if there was none.</param>
/// <param name="Reason">Why it was given up.</param>
/// <param name="Body">The body, JSON text; null if it may not be shown.</param>
internal sealed record DeadLetterDocument(
    string Id, string App, string? Target, DateTimeOffset CreatedAt, IReadOnlyList<string> Events, int Attempts, int? LastStatus, string Reason, string? Body);
