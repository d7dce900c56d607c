namespace Sockudo.Listeners;

/// <summary>A listener cannot be opened; the message says why and which key to change.</summary>
internal sealed class ListenException(string message) : Exception(message);
