namespace Sockudo.Server.Backends;

/// <summary>Something outside of this process that the server needs cannot be used.</summary>
public sealed class BackendException : Exception
{
    /// <param name="message">For operators: what (address, without credentials) and why; no secrets.</param>
    /// <param name="isPermanent">Trying again cannot help: wrong credentials, unknown database, wrong kind or version of server.</param>
    /// <param name="inner">The cause.</param>
    public BackendException(string message, bool isPermanent = false, Exception? inner = null)
        : base(Printable(message), inner) => IsPermanent = isPermanent;

    /// <summary>Trying again cannot help; somebody must change the configuration.</summary>
    public bool IsPermanent { get; }

    /// <summary>What is missing is a table or a queue that a start with other settings would make.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether a backend cannot be used because of what was thrown, whatever that is: all but the caller's own cancellation, and what is explained already.</summary>
    /// <param name="exception">What was thrown: drivers that do not understand what a server says throw anything at all.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    public static bool IsOwedFor(Exception exception, CancellationToken caller) =>
        exception is not BackendException && !(exception is OperationCanceledException && caller.IsCancellationRequested);

    // Drivers quote what a server has sent, which may be anything, and people read this on a terminal. Line ends stay: statements to copy have some.
    private static string Printable(string message) => string.Concat(message.Select(static c => char.IsControl(c) && c != '\n' ? $"\\u{(int)c:x4}" : $"{c}"));
}
