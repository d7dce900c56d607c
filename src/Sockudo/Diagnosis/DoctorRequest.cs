namespace Sockudo.Diagnosis;

/// <summary>One call of <c>sockudo doctor</c>.</summary>
/// <param name="Url">What clients use, to look at it from outside; null = not looked at.</param>
/// <param name="Idle">How long to be silent on a WebSocket through that URL.</param>
/// <param name="IsJson">Print JSON.</param>
internal sealed record DoctorRequest(Uri? Url, TimeSpan Idle, bool IsJson);
